"""The pages: plain, server-rendered, complete without a script. Templates only print; what they print is built in `contexts`."""

"""What a submission may look like, as files to take away: the spreadsheet template."""

from __future__ import annotations

from fastapi import APIRouter, Response

from service.http.deps import BatchReader
from service.intake.template import FILE_NAME, MEDIA_TYPE, template

router = APIRouter(prefix="/v1/formats", tags=["batches"])


@router.get("/template.xlsx", response_class=Response, responses={200: {"content": {MEDIA_TYPE: {}}}})
def spreadsheet_template(_: BatchReader) -> Response:
    """A workbook to fill in: the columns of the format, an example row that is never taken, and what each column means."""
    return Response(
        template(), media_type=MEDIA_TYPE, headers={"content-disposition": f'attachment; filename="{FILE_NAME}"'}
    )

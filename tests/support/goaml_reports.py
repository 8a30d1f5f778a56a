"""Small invented goAML reports."""

from __future__ import annotations

ACCOUNT = """<institution_name>Bank of the River</institution_name><swift>RIVRMLBA</swift><branch>Mopti</branch><account>{number}</account>
  <currency_code>XOF</currency_code><account_name>{name}</account_name>"""
PERSON = """<first_name>{first}</first_name><last_name>Diallo</last_name><birthdate>1989-07-02T00:00:00</birthdate>
  <nationality1>ML</nationality1><residence>ML</residence>
  <addresses><address><address_type>P</address_type><address>Rue 7</address>
    <city>Mopti</city><country_code>ML</country_code></address></addresses>
  <identification><type>PASSP</type><number>{passport}</number><issue_country>ML</issue_country></identification>"""
ENTITY = """<name>Sahel Motors</name><incorporation_number>RC-9</incorporation_number>
  <incorporation_country_code>ML</incorporation_country_code>
  <director_id>{director}<role>DIR</role></director_id>"""


def person(first: str = "Awa", passport: str = "P-1") -> str:
    """A person with a passport."""
    return PERSON.format(first=first, passport=passport)


def account(number: str, name: str = "Current") -> str:
    """An account whose primary signatory is Awa."""
    return f"""{ACCOUNT.format(number=number, name=name)}
      <signatory><is_primary>true</is_primary><t_person>{person()}</t_person></signatory>
      <signatory><t_person>{person("Ines", "P-2")}</t_person></signatory>"""


def entity() -> str:
    """A company with a director."""
    return ENTITY.format(director=person("Omar", "P-3"))


def transaction(number: str, sides: str, *, amount: str = "1500000", more: str = "") -> str:
    """A transaction between two sides."""
    return f"""<transaction><transactionnumber>{number}</transactionnumber><transaction_location>Mopti</transaction_location>
      <transaction_description>Sale of a lorry</transaction_description><date_transaction>2025-05-24T14:30:00</date_transaction>
      <transmode_code>ELCFT</transmode_code><amount_local>{amount}</amount_local>{sides}{more}</transaction>"""


def both(left: str, right: str, *, mine: str = "_my_client", funds: tuple[str, str] = ("BANKD", "BANKD")) -> str:
    """Two sides: the first a client of the reporting entity, the second a stranger."""
    return f"""<t_from{mine}><from_funds_code>{funds[0]}</from_funds_code>{left}<from_country>ML</from_country></t_from{mine}>
      <t_to><to_funds_code>{funds[1]}</to_funds_code>{right}<to_country>FR</to_country></t_to>"""


def report(*transactions: str) -> str:
    """A report with these transactions; its indicators come behind them, as the schema has it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<report><rentity_id>101</rentity_id><submission_code>E</submission_code><report_code>STR</report_code>
  <entity_reference>STR-7</entity_reference><submission_date>2025-05-26T10:00:00</submission_date>
  <currency_code_local>XOF</currency_code_local>
  <reporting_person><first_name>Sara</first_name><last_name>Keita</last_name></reporting_person>
  <reason>Sold far below its worth</reason>
  {"".join(transactions)}
  <report_indicators><indicator>TBML</indicator><indicator>CASH</indicator></report_indicators></report>
"""

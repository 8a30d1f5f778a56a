"""Small invented ISO 20022 messages that the tests of the readers share."""

from __future__ import annotations

TECH = "urn:iso:std:iso:20022:tech:xsd:"

_BANKS = """
    <DbtrAgt><FinInstnId><BICFI>RIVRMLBA</BICFI><Nm>Bank of the River</Nm></FinInstnId></DbtrAgt>
    <CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>GBDSC</Cd></ClrSysId><MmbId>200000</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>"""

PACS008_TX = (
    """
  <CdtTrfTxInf>
    <PmtId><InstrId>I-{n}</InstrId><EndToEndId>E-{n}</EndToEndId><TxId>T-{n}</TxId></PmtId>
    <IntrBkSttlmAmt Ccy="{currency}">{amount}</IntrBkSttlmAmt>
    <IntrBkSttlmDt>2025-03-0{day}</IntrBkSttlmDt>
    <ChrgBr>SHAR</ChrgBr>
    <UltmtDbtr><Nm>Awa Diallo</Nm></UltmtDbtr>
    <Dbtr>
      <Nm>Diallo &amp; Fils</Nm>
      <PstlAdr><StrtNm>Rue du Fleuve</StrtNm><TwnNm>Mopti</TwnNm><Ctry>ML</Ctry><AdrLine>BP 7</AdrLine><AdrLine>Marche</AdrLine></PstlAdr>
      <Id><OrgId><LEI>529900T8BM49AURSDO55</LEI><Othr><Id>MA.7</Id><SchmeNm><Cd>TXID</Cd></SchmeNm><Issr>DGI</Issr></Othr></OrgId></Id>
    </Dbtr>
    <DbtrAcct><Id><Othr><Id>41</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id><Ccy>XOF</Ccy><Nm>Compte courant</Nm></DbtrAcct>"""
    + _BANKS
    + """
    <Cdtr>
      <Nm>Jean Petit</Nm><CtryOfRes>FR</CtryOfRes>
      <Id><PrvtId><DtAndPlcOfBirth><BirthDt>1980-02-29</BirthDt><CityOfBirth>Lyon</CityOfBirth><CtryOfBirth>FR</CtryOfBirth></DtAndPlcOfBirth>
        <Othr><Id>P-99</Id><SchmeNm><Cd>CCPT</Cd></SchmeNm></Othr></PrvtId></Id>
    </Cdtr>
    <CdtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></CdtrAcct>
    <RmtInf><Ustrd>Facture 12</Ustrd><Ustrd>mars</Ustrd></RmtInf>
  </CdtTrfTxInf>"""
)


def document(message: str, body: str) -> str:
    """A message of the given name and version around a body."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{TECH}{message}">{body}</Document>\n'


def pacs008(*transactions: str, version: str = "08") -> str:
    """A pacs.008 with these transactions."""
    head = "<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2025-03-01T10:00:00</CreDtTm><NbOfTxs>1</NbOfTxs></GrpHdr>"
    return document(f"pacs.008.001.{version}", f"<FIToFICstmrCdtTrf>{head}{''.join(transactions)}</FIToFICstmrCdtTrf>")


def transfer(n: int, amount: str = "1500", currency: str = "XOF", day: int = 2) -> str:
    """One transaction of a pacs.008."""
    return PACS008_TX.format(n=n, amount=amount, currency=currency, day=day)


PACS009 = document(
    "pacs.009.001.08",
    """<FICdtTrf><GrpHdr><MsgId>C-1</MsgId><CreDtTm>2025-03-01T10:00:00Z</CreDtTm></GrpHdr>
  <CdtTrfTxInf>
    <PmtId><InstrId>I-1</InstrId><EndToEndId>E-1</EndToEndId><UETR>128551e7-3799-41b3-b82b-f87a59e8345f</UETR></PmtId>
    <IntrBkSttlmAmt Ccy="EUR">900.00</IntrBkSttlmAmt><IntrBkSttlmDt>2025-03-01</IntrBkSttlmDt>
    <IntrmyAgt1><FinInstnId><BICFI>MIDDFRPP</BICFI></FinInstnId></IntrmyAgt1>
    <Dbtr><FinInstnId><BICFI>RIVRMLBA</BICFI></FinInstnId></Dbtr>
    <Cdtr><FinInstnId><BICFI>SEASFRPP</BICFI></FinInstnId></Cdtr>
    <UndrlygCstmrCdtTrf><Dbtr><Nm>Awa Diallo</Nm></Dbtr><Cdtr><Nm>Jean Petit</Nm></Cdtr></UndrlygCstmrCdtTrf>
  </CdtTrfTxInf></FICdtTrf>""",
)

PAIN001 = document(
    "pain.001.001.03",
    """<CstmrCdtTrfInitn><GrpHdr><MsgId>P-1</MsgId><CreDtTm>2025-03-01T10:00:00</CreDtTm>
    <InitgPty><Nm>Diallo et Fils</Nm></InitgPty></GrpHdr>
  <PmtInf><PmtInfId>B-1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>2025-03-04</ReqdExctnDt>
    <Dbtr><Nm>Diallo et Fils</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>
    <DbtrAgt><FinInstnId><BIC>COBADEFF</BIC></FinInstnId></DbtrAgt>
    <CdtTrfTxInf><PmtId><EndToEndId>SALARY</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">10.50</InstdAmt></Amt>
      <Cdtr><Nm>Ines</Nm></Cdtr><CdtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></CdtrAcct></CdtTrfTxInf>
    <CdtTrfTxInf><PmtId><EndToEndId>SALARY</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">11.50</InstdAmt></Amt>
      <Cdtr><Nm>Omar</Nm></Cdtr><CdtrAcct><Id><IBAN>BE71096123456769</IBAN></Id></CdtrAcct></CdtTrfTxInf>
  </PmtInf></CstmrCdtTrfInitn>""",
)


def statement(*entries: str, message: str = "camt.053.001.08") -> str:
    """A camt.053 of one account with these entries."""
    head = "<GrpHdr><MsgId>S-1</MsgId><CreDtTm>2025-03-05T06:00:00Z</CreDtTm></GrpHdr>"
    own = """<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ownr><Nm>Diallo et Fils</Nm></Ownr>
      <Svcr><FinInstnId><BICFI>COBADEFF</BICFI></FinInstnId></Svcr></Acct>"""
    return document(message, f"<BkToCstmrStmt>{head}<Stmt><Id>ST-1</Id>{own}{''.join(entries)}</Stmt></BkToCstmrStmt>")


def notification(*entries: str) -> str:
    """A camt.054 of one account with these entries."""
    text = statement(*entries, message="camt.054.001.08")
    return text.replace("BkToCstmrStmt>", "BkToCstmrDbtCdtNtfctn>").replace("Stmt>", "Ntfctn>")


def booked(indicator: str, amount: str, inside: str = "", *, status: str = "<Cd>BOOK</Cd>", code: str = "") -> str:
    """One entry of a statement."""
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd><Sts>{status}</Sts>
      <BookgDt><Dt>2025-03-04</Dt></BookgDt><AcctSvcrRef>A-{amount}</AcctSvcrRef>{code}{inside}
      <AddtlNtryInf>said at the end</AddtlNtryInf></Ntry>"""


def details(*each: str) -> str:
    """The transactions of an entry."""
    return f"<NtryDtls>{''.join(f'<TxDtls>{text}</TxDtls>' for text in each)}</NtryDtls>"

"""The supervisory authority of each country (GDPR article 77): whom a person can complain to (P-39)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Authority:
    """Its own name, and where it is found."""

    name: str
    site: str


AUTHORITIES: Final[Mapping[str, Authority]] = MappingProxyType(
    {
        "AT": Authority("Österreichische Datenschutzbehörde", "dsb.gv.at"),
        "BE": Authority(
            "Gegevensbeschermingsautoriteit, Autorité de protection des données", "dataprotectionauthority.be"
        ),
        "BG": Authority("Комисия за защита на личните данни", "cpdp.bg"),
        "CY": Authority("Γραφείο Επιτρόπου Προστασίας Δεδομένων", "dataprotection.gov.cy"),
        "CZ": Authority("Úřad pro ochranu osobních údajů", "uoou.gov.cz"),
        "DE": Authority("Bundesbeauftragte für den Datenschutz, und die Behörde Ihres Landes", "bfdi.bund.de"),
        "DK": Authority("Datatilsynet", "datatilsynet.dk"),
        "EE": Authority("Andmekaitse Inspektsioon", "aki.ee"),
        "ES": Authority("Agencia Española de Protección de Datos", "aepd.es"),
        "FI": Authority("Tietosuojavaltuutetun toimisto", "tietosuoja.fi"),
        "FR": Authority("Commission nationale de l’informatique et des libertés", "cnil.fr"),
        "GR": Authority("Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα", "dpa.gr"),
        "HR": Authority("Agencija za zaštitu osobnih podataka", "azop.hr"),
        "HU": Authority("Nemzeti Adatvédelmi és Információszabadság Hatóság", "naih.hu"),
        "IE": Authority("Data Protection Commission", "dataprotection.ie"),
        "IS": Authority("Persónuvernd", "personuvernd.is"),
        "IT": Authority("Garante per la protezione dei dati personali", "garanteprivacy.it"),
        "LI": Authority("Datenschutzstelle", "datenschutzstelle.li"),
        "LT": Authority("Valstybinė duomenų apsaugos inspekcija", "vdai.lrv.lt"),
        "LU": Authority("Commission nationale pour la protection des données", "cnpd.public.lu"),
        "LV": Authority("Datu valsts inspekcija", "dvi.gov.lv"),
        "MT": Authority("Information and Data Protection Commissioner", "idpc.org.mt"),
        "NL": Authority("Autoriteit Persoonsgegevens", "autoriteitpersoonsgegevens.nl"),
        "NO": Authority("Datatilsynet", "datatilsynet.no"),
        "PL": Authority("Urząd Ochrony Danych Osobowych", "uodo.gov.pl"),
        "PT": Authority("Comissão Nacional de Proteção de Dados", "cnpd.pt"),
        "RO": Authority("Autoritatea Națională de Supraveghere a Prelucrării Datelor", "dataprotection.ro"),
        "SE": Authority("Integritetsskyddsmyndigheten", "imy.se"),
        "SI": Authority("Informacijski pooblaščenec", "ip-rs.si"),
        "SK": Authority("Úrad na ochranu osobných údajov", "dataprotection.gov.sk"),
        "CH": Authority("Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter", "edoeb.admin.ch"),
        "GB": Authority("Information Commissioner’s Office", "ico.org.uk"),
    }
)
"""By ISO 3166-1: the EEA, and two neighbours."""
OF_THE_CONTROLLER: Final = "NO"


def authority_of(country: str) -> Authority:
    """Whom somebody of that country turns to; of another country, the controller's own (Norway, as shipped)."""
    return AUTHORITIES.get(country, AUTHORITIES[OF_THE_CONTROLLER])

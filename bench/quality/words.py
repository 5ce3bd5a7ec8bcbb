# ruff: noqa: E501
"""The bench's own vocabulary: how ten languages call columns and tables. Written without looking at the product's.

A line is ``concept: en | de | fr | es | it | nl | pl | pt | sv | da``; ``/`` parts alternatives. Where there are
several, the last is *held out*: only estates of the held-out part use it, and they use nothing else.
"""

from __future__ import annotations

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da")
HELD_LANGUAGES = ("nl", "pt", "da")

_COLUMNS = """
id: id/key | id/schlüssel | id/clé | id/clave | id/chiave | id/sleutel | id/klucz | id/chave | id/nyckel | id/nøgle
number: number/no | nummer/nr | numéro/num | número/nro | numero/num | nummer/nr | numer/nr | número/num | nummer/nr | nummer/nr
first: first name/given name/forename | vorname/rufname | prénom | nombre/nombre de pila | nome/nome di battesimo | voornaam/roepnaam | imię/pierwsze imię | nome próprio/primeiro nome | förnamn/tilltalsnamn | fornavn
last: last name/surname/family name | nachname/zuname/familienname | nom de famille/nom/patronyme | apellidos/apellido | cognome | achternaam/familienaam | nazwisko | apelido/sobrenome | efternamn/släktnamn | efternavn/familienavn
full: full name/complete name/display name | vollständiger name/name vorname/vor und nachname | nom complet/nom et prénom/nom prénom | nombre completo/apellidos y nombre/nombre y apellidos | nominativo/cognome e nome/nome e cognome | volledige naam/naam en voornaam | imię i nazwisko/nazwisko i imię | nome completo/nome e apelido | fullständigt namn/för och efternamn | fulde navn/for og efternavn
email: email/e mail address/mail | email/e mail adresse/mailadresse | courriel/adresse électronique/mél | correo electrónico/email/correo | email/indirizzo email/posta elettronica | e mailadres/email/mail | adres email/poczta elektroniczna | email/correio eletrónico | e post/epostadress | e mail/mailadresse
phone: phone/telephone/phone number/tel | telefon/telefonnummer/rufnummer | téléphone/tél/numéro de téléphone | teléfono/tel/telf | telefono/tel/recapito telefonico | telefoon/telefoonnummer/tel | telefon/numer telefonu/tel | telefone/tel/telefone de contacto | telefon/telefonnummer/tel | telefon/telefonnummer/tlf
mobile: mobile/cell phone/mobile no | handy/mobil/mobilnummer | portable/mobile/gsm | móvil/celular | cellulare/cell | mobiel/gsm nummer/mobiele nummer | komórka/telefon komórkowy/tel kom | telemóvel/celular | mobil/mobilnummer/mobiltelefon | mobil/mobilnummer
street: street/street address/address line 1 | straße/anschrift/straße hausnummer | rue/adresse/voie | calle/dirección/domicilio | via/indirizzo/residenza | straat/adres/straatnaam | ulica/adres/ulica i numer | rua/morada/endereço | gata/adress/gatuadress | vej/adresse/vejnavn
city: city/town | ort/stadt/wohnort | ville/commune/localité | ciudad/localidad/población | città/comune/località | plaats/stad/woonplaats | miasto/miejscowość | cidade/localidade | stad/ort/postort | by/postdistrikt
zip: zip/zip code/postcode | plz/postleitzahl | code postal/cp | código postal/cp | cap/codice postale | postcode | kod pocztowy/kod | código postal/cep | postnummer/postnr | postnummer/postnr
birth: date of birth/birthday/dob | geburtsdatum/geb am/geburtstag | date de naissance/né le | fecha de nacimiento/fec nac/nacimiento | data di nascita/nato il | geboortedatum/geb datum | data urodzenia/data ur | data de nascimento/dt nasc/nascimento | födelsedatum/född | fødselsdato/født
gender: gender/sex | geschlecht | sexe/genre | sexo/género | sesso/genere | geslacht | płeć | sexo/género | kön | køn
username: username/login/user name | benutzername/anmeldename/login | nom utilisateur/login/identifiant | nombre de usuario/usuario/login | nome utente/login | gebruikersnaam/inlognaam | nazwa użytkownika/login | nome de utilizador/login | användarnamn/inloggningsnamn | brugernavn/login
token: session token/auth token/access token | sitzungstoken/session token | jeton de session/session token | token de sesión/session token | token di sessione/session token | sessietoken/session token | token sesji/session token | token de sessão/session token | sessionstoken/session token | sessionstoken/session token
ip: ip address/last ip/client ip | ip adresse/letzte ip | adresse ip/ip | dirección ip/ip | indirizzo ip/ip | ip adres/ip | adres ip/ip | endereço ip/ip | ip adress/ip | ip adresse/ip
iban: iban/bank account | iban/bankverbindung | iban/compte bancaire | iban/cuenta bancaria | iban/conto corrente | iban/rekeningnummer | iban/rachunek bankowy/konto bankowe | iban/conta bancária | iban/bankkonto | iban/bankkonto
card: card number/credit card/cc number | kartennummer/kreditkarte | numéro de carte/carte bancaire | número de tarjeta/tarjeta | numero carta/carta di credito | kaartnummer/creditcard | numer karty/karta kredytowa | número do cartão/cartão | kortnummer/kreditkort | kortnummer/kreditkort
device: device id/advertising id | geräte id | identifiant appareil/appareil id | id dispositivo | id dispositivo | apparaat id | id urządzenia | id dispositivo | enhets id | enheds id
emailhash: email hash/email sha256/hashed email | email hash | hash courriel/email hash | email hash | email hash | email hash | hash email | email hash | e post hash | e mail hash
health: diagnosis/medical condition/blood type | diagnose/blutgruppe | diagnostic/groupe sanguin | diagnóstico/grupo sanguíneo | diagnosi/gruppo sanguigno | diagnose/bloedgroep | rozpoznanie/grupa krwi | diagnóstico/grupo sanguíneo | diagnos/blodgrupp | diagnose/blodtype
religion: religion/religious affiliation/denomination | religion/konfession | religion/confession | religión/confesión | religione/confessione | religie/geloof | wyznanie/religia | religião | religion/trossamfund | religion/trosretning
ethnicity: ethnicity/ethnic group/ethnic origin | ethnie/ethnische herkunft | origine ethnique/ethnie | etnia/origen étnico | etnia/origine etnica | etniciteit/etnische afkomst | pochodzenie etniczne/etniczność | etnia/origem étnica | etnicitet/etniskt ursprung | etnicitet/etnisk oprindelse
notes: notes/remarks/comments | bemerkung/notiz/anmerkungen | remarques/commentaire/notes | observaciones/notas/comentarios | note/osservazioni/annotazioni | opmerkingen/notities | uwagi/notatki | observações/notas | anteckning/anmärkning/kommentar | bemærkninger/noter
created: created at/creation date/date added | erstellt am/angelegt am/anlagedatum | créé le/date de création | fecha de creación/creado el/fecha alta | creato il/data creazione | aangemaakt op/aanmaakdatum | utworzono/data utworzenia | criado em/data de criação | skapad/skapad datum | oprettet/oprettelsesdato
updated: updated at/last modified | geändert am/letzte änderung | modifié le/date maj | actualizado el/fecha modificación | aggiornato il/ultima modifica | gewijzigd op/laatst gewijzigd | zmodyfikowano/data zmiany | atualizado em/última alteração | uppdaterad/ändrad datum | opdateret/ændret dato
status: status/state | status/zustand | statut/état | estado/situación | stato | status/toestand | status/stan | estado/situação | status/läge | status/tilstand
type: type/kind | typ/art | type/genre d opération | tipo/clase | tipo/categoria | type/soort | typ/rodzaj | tipo/espécie | typ/slag | type/art
amount: amount/total/net amount | betrag/summe/gesamtbetrag | montant/total/montant ttc | importe/total/cuantía | importo/totale | bedrag/totaal | kwota/suma | valor/montante/total | belopp/summa | beløb/sum
quantity: quantity/qty | menge/anzahl | quantité/qté | cantidad/cant | quantità/qta | aantal/hoeveelheid | ilość/szt | quantidade/qtd | antal/kvantitet | antal/mængde
price: price/unit price | preis/einzelpreis | prix/prix unitaire | precio/precio unitario | prezzo/prezzo unitario | prijs/eenheidsprijs | cena/cena jednostkowa | preço/preço unitário | pris/styckpris | pris/stykpris
currency: currency | währung | devise | moneda | valuta | valuta | waluta | moeda | valuta | valuta
date: date/due date | datum/fällig am | date/échéance | fecha/vencimiento | data/scadenza | datum/vervaldatum | data/termin płatności | data/vencimento | datum/förfallodatum | dato/forfaldsdato
start: start date/valid from | beginn/gültig ab | date de début/valable du | fecha inicio/desde | data inizio/dal | begindatum/ingangsdatum | data rozpoczęcia/od | data de início/desde | startdatum/gäller från | startdato/fra
end: end date/valid to | ende/gültig bis | date de fin/valable au | fecha fin/hasta | data fine/al | einddatum/tot | data zakończenia/do | data de fim/até | slutdatum/gäller till | slutdato/til
name: name/label | bezeichnung/name | libellé/intitulé/nom | denominación/nombre | denominazione/nome | benaming/naam | nazwa | designação/nome | benämning/namn | betegnelse/navn
code: code/sku | code/kürzel | code/référence | código/referencia | codice/sigla | code/afkorting | kod/symbol | código/sigla | kod/beteckning | kode/forkortelse
category: category/group | kategorie/gruppe | catégorie/groupe | categoría/grupo | categoria/gruppo | categorie/groep | kategoria/grupa | categoria/grupo | kategori/grupp | kategori/gruppe
description: description/details | beschreibung/text | description/détail | descripción/detalle | descrizione/dettaglio | omschrijving/toelichting | opis/szczegóły | descrição/detalhe | beskrivning/detaljer | beskrivelse/detaljer
weight: weight/mass kg | gewicht | poids | peso | peso | gewicht | waga/masa | peso | vikt | vægt
serial: serial number/serial no | seriennummer/fabriknummer | numéro de série | número de serie | numero di serie/matricola | serienummer | numer seryjny/numer fabryczny | número de série | serienummer/tillverkningsnummer | serienummer
value: value/reading | wert/messwert | valeur/mesure | valor/medida | valore/misura | waarde/meting | wartość/pomiar | valor/medição | värde/mätvärde | værdi/måling
unit: unit/uom | einheit | unité | unidad | unità | eenheid | jednostka | unidade | enhet | enhed
active: active/is enabled | aktiv/gesperrt | actif | activo | attivo | actief | aktywny/czy aktywny | ativo | aktiv | aktiv
lang: language/locale | sprache | langue | idioma | lingua | taal | język | idioma | språk | sprog
job: job title/position | funktion/berufsbezeichnung | fonction/poste | cargo/puesto | mansione/qualifica | functie | stanowisko/funkcja | cargo/função | befattning/yrkestitel | stilling/titel
createdby: created by/entered by/recorded by | erstellt von/angelegt von/erfasst von | créé par/saisi par | creado por/registrado por | creato da/inserito da | aangemaakt door/ingevoerd door | utworzone przez/wprowadził | criado por/registado por | skapad av/registrerad av | oprettet af/registreret af
handler: handled by/assigned to/case officer | bearbeiter/zuständig/sachbearbeiter | traité par/responsable/gestionnaire | gestionado por/responsable/tramitador | gestito da/responsabile/incaricato | behandelaar/verantwoordelijke | prowadzący/obsługuje/opiekun | tratado por/responsável/gestor | handläggare/ansvarig | sagsbehandler/ansvarlig
company: company/organisation/employer | firma/unternehmen/organisation | société/entreprise/organisme | empresa/organización/entidad | azienda/ditta/ente | bedrijf/organisatie | firma/instytucja | empresa/organização/entidade | företag/organisation | firma/virksomhed
website: website/url | webseite/homepage | site web/url | página web/web | sito web/sito | website/webpagina | strona www/strona internetowa | website/sítio web | webbplats/hemsida | hjemmeside/websted
country: country/nation | land/staat | pays | país | paese/nazione | land | kraj/państwo | país | land | land
region: region/county | bundesland/region | région/département | provincia/comunidad autónoma | regione/provincia | provincie/regio | województwo/powiat | distrito/região | län/region | region/amt
"""
_TABLES = """
driver: driver/drivers | fahrer/fahrer | chauffeur/chauffeurs | conductor/conductores | autista/autisti | chauffeur/chauffeurs | kierowca/kierowcy | motorista/motoristas | förare/förare | chauffør/chauffører
subscriber: subscriber/subscribers | anschlussinhaber/anschlussinhaber | abonné/abonnés | abonado/abonados | abbonato/abbonati | abonnee/abonnees | abonent/abonenci | assinante/assinantes | abonnent/abonnenter | abonnent/abonnenter
lecturer: lecturer/lecturers | dozent/dozenten | enseignant/enseignants | profesor/profesores | docente/docenti | docent/docenten | wykładowca/wykładowcy | docente/docentes | föreläsare/föreläsare | underviser/undervisere
worker: worker/workers | arbeitnehmer/arbeitnehmer | salarié/salariés | trabajador/trabajadores | lavoratore/lavoratori | werknemer/werknemers | pracownik/pracownicy | trabalhador/trabalhadores | anställd/anställda | medarbejder/medarbejdere
claimant: claimant/claimants | geschädigter/geschädigte | victime/victimes | reclamante/reclamantes | danneggiato/danneggiati | schadelijder/schadelijders | poszkodowany/poszkodowani | sinistrado/sinistrados | skadelidande/skadelidande | skadelidt/skadelidte
passenger: passenger/passengers | fluggast/fluggäste | passager/passagers | pasajero/pasajeros | passeggero/passeggeri | passagier/passagiers | pasażer/pasażerowie | passageiro/passageiros | passagerare/passagerare | passager/passagerer
tenant: tenant/tenants | mieter/mieter | locataire/locataires | inquilino/inquilinos | inquilino/inquilini | huurder/huurders | najemca/najemcy | inquilino/inquilinos | hyresgäst/hyresgäster | lejer/lejere
donor: donor/donors | spender/spender | donateur/donateurs | donante/donantes | donatore/donatori | donateur/donateurs | darczyńca/darczyńcy | doador/doadores | givare/givare | donor/donorer
resident: resident/residents | einwohner/einwohner | habitant/habitants | vecino/vecinos | residente/residenti | inwoner/inwoners | mieszkaniec/mieszkańcy | munícipe/munícipes | invånare/invånare | borger/borgere
player: player/players | spieler/spieler | joueur/joueurs | jugador/jugadores | giocatore/giocatori | speler/spelers | gracz/gracze | jogador/jogadores | spelare/spelare | spiller/spillere
owner: owner/owners | inhaber/inhaber | propriétaire/propriétaires | titular/titulares | proprietario/proprietari | eigenaar/eigenaars | właściciel/właściciele | proprietário/proprietários | ägare/ägare | ejer/ejere
clerk: clerk/clerks | sachbearbeiter/sachbearbeiter | agent/agents | funcionario/funcionarios | impiegato/impiegati | ambtenaar/ambtenaren | urzędnik/urzędnicy | funcionário/funcionários | handläggare/handläggare | sagsbehandler/sagsbehandlere
inpatient: patient/patients | patient/patienten | patient/patients | paciente/pacientes | paziente/pazienti | patiënt/patiënten | pacjent/pacjenci | utente/utentes | patient/patienter | patient/patienter
buyer: buyer/buyers | käufer/käufer | acheteur/acheteurs | comprador/compradores | acquirente/acquirenti | koper/kopers | nabywca/nabywcy | comprador/compradores | köpare/köpare | køber/købere
shipment: shipment/shipments | sendung/sendungen | expédition/expéditions | envío/envíos | spedizione/spedizioni | zending/zendingen | przesyłka/przesyłki | remessa/remessas | försändelse/försändelser | forsendelse/forsendelser
vehicle: vehicle/vehicles | fahrzeug/fahrzeuge | véhicule/véhicules | vehículo/vehículos | veicolo/veicoli | voertuig/voertuigen | pojazd/pojazdy | veículo/veículos | fordon/fordon | køretøj/køretøjer
meter: meter/meters | zähler/zähler | compteur/compteurs | contador/contadores | contatore/contatori | meter/meters | licznik/liczniki | contador/contadores | mätare/mätare | måler/målere
reading: reading/readings | ablesung/ablesungen | relevé/relevés | lectura/lecturas | lettura/letture | meterstand/meterstanden | odczyt/odczyty | leitura/leituras | avläsning/avläsningar | aflæsning/aflæsninger
seminar: seminar/seminars | lehrveranstaltung/lehrveranstaltungen | séminaire/séminaires | asignatura/asignaturas | insegnamento/insegnamenti | vak/vakken | przedmiot/przedmioty | disciplina/disciplinas | kurs/kurser | fag/fag
exam: exam/exams | prüfung/prüfungen | examen/examens | examen/exámenes | esame/esami | tentamen/tentamens | egzamin/egzaminy | exame/exames | tentamen/tentamina | eksamen/eksamener
payslip: payslip/payslips | lohnabrechnung/lohnabrechnungen | bulletin de paie/bulletins de paie | nómina/nóminas | busta paga/buste paga | loonstrook/loonstroken | lista płac/listy płac | recibo de vencimento/recibos de vencimento | lönebesked/lönebesked | lønseddel/lønsedler
department: department/departments | abteilung/abteilungen | service/services | departamento/departamentos | reparto/reparti | afdeling/afdelingen | dział/działy | departamento/departamentos | avdelning/avdelningar | afdeling/afdelinger
claim: claim/claims | schaden/schäden | sinistre/sinistres | siniestro/siniestros | sinistro/sinistri | schadegeval/schadegevallen | szkoda/szkody | sinistro/sinistros | skada/skador | skade/skader
policy: policy/policies | police/policen | police/polices | póliza/pólizas | polizza/polizze | polis/polissen | polisa/polisy | apólice/apólices | försäkring/försäkringar | police/policer
callrecord: call record/call records | verbindung/verbindungen | appel/appels | llamada/llamadas | chiamata/chiamate | gesprek/gesprekken | połączenie/połączenia | chamada/chamadas | samtal/samtal | opkald/opkald
plan: plan/plans | tarif/tarife | forfait/forfaits | tarifa/tarifas | tariffa/tariffe | bundel/bundels | taryfa/taryfy | tarifário/tarifários | abonnemang/abonnemang | abonnement/abonnementer
flight: flight/flights | flug/flüge | vol/vols | vuelo/vuelos | volo/voli | vlucht/vluchten | lot/loty | voo/voos | flyg/flyg | flyvning/flyvninger
seat: seat booking/seat bookings | sitzplatzbuchung/sitzplatzbuchungen | place réservée/places réservées | plaza/plazas | posto/posti | zitplaats/zitplaatsen | miejsce/miejsca | lugar/lugares | sittplats/sittplatser | sæde/sæder
property: property/properties | immobilie/immobilien | bien immobilier/biens immobiliers | inmueble/inmuebles | immobile/immobili | pand/panden | nieruchomość/nieruchomości | imóvel/imóveis | fastighet/fastigheter | ejendom/ejendomme
lease: lease/leases | mietvertrag/mietverträge | bail/baux | arrendamiento/arrendamientos | locazione/locazioni | huurcontract/huurcontracten | najem/najmy | arrendamento/arrendamentos | hyresavtal/hyresavtal | lejemål/lejemål
donation: donation/donations | spende/spenden | don/dons | donación/donaciones | donazione/donazioni | gift/giften | darowizna/darowizny | doação/doações | gåva/gåvor | donation/donationer
campaign: campaign/campaigns | kampagne/kampagnen | campagne/campagnes | campaña/campañas | campagna/campagne | campagne/campagnes | kampania/kampanie | campanha/campanhas | kampanj/kampanjer | kampagne/kampagner
permit: permit/permits | genehmigung/genehmigungen | autorisation/autorisations | licencia/licencias | permesso/permessi | vergunning/vergunningen | zezwolenie/zezwolenia | licença/licenças | tillstånd/tillstånd | tilladelse/tilladelser
fine: fine/fines | bußgeld/bußgelder | amende/amendes | multa/multas | multa/multe | boete/boetes | mandat/mandaty | coima/coimas | böter/böter | bøde/bøder
match: match/matches | partie/partien | partie/parties | partida/partidas | partita/partite | wedstrijd/wedstrijden | mecz/mecze | partida/partidas | match/matcher | kamp/kampe
item: item/items | gegenstand/gegenstände | objet/objets | artículo/artículos | oggetto/oggetti | voorwerp/voorwerpen | przedmiot/przedmioty | artigo/artigos | föremål/föremål | genstand/genstande
sensor: sensor/sensors | sensor/sensoren | capteur/capteurs | sensor/sensores | sensore/sensori | sensor/sensoren | czujnik/czujniki | sensor/sensores | givare/givare | sensor/sensorer
admission: admission/admissions | aufnahme/aufnahmen | hospitalisation/hospitalisations | ingreso/ingresos | ricovero/ricoveri | opname/opnames | przyjęcie/przyjęcia | internamento/internamentos | inskrivning/inskrivningar | indlæggelse/indlæggelser
ward: ward/wards | station/stationen | unité de soins/unités de soins | planta/plantas | corsia/corsie | verpleegafdeling/verpleegafdelingen | oddział/oddziały | enfermaria/enfermarias | vårdavdelning/vårdavdelningar | sengeafsnit/sengeafsnit
purchase: purchase/purchases | einkauf/einkäufe | achat/achats | compra/compras | acquisto/acquisti | aankoop/aankopen | zakup/zakupy | compra/compras | köp/köp | køb/køb
supplier: supplier/suppliers | lieferant/lieferanten | fournisseur/fournisseurs | proveedor/proveedores | fornitore/fornitori | leverancier/leveranciers | dostawca/dostawcy | fornecedor/fornecedores | leverantör/leverantörer | leverandør/leverandører
complaint: complaint/complaints | beschwerde/beschwerden | réclamation/réclamations | queja/quejas | reclamo/reclami | klacht/klachten | skarga/skargi | queixa/queixas | klagomål/klagomål | klage/klager
login: login/logins | anmeldung/anmeldungen | connexion/connexions | acceso/accesos | accesso/accessi | aanmelding/aanmeldingen | logowanie/logowania | acesso/acessos | inloggning/inloggningar | login/logins
"""


def _read(text: str) -> dict[str, dict[str, tuple[str, ...]]]:
    found = {}
    for line in text.strip().splitlines():
        concept, _, rest = line.partition(":")
        found[concept] = {
            language: tuple(one.strip() for one in part.split("/"))
            for language, part in zip(LANGUAGES, rest.split("|"), strict=True)
        }
    return found


_COLUMN, _TABLE = _read(_COLUMNS), _read(_TABLES)


def column(concept: str, language: str, pick: float, held: bool = False) -> str:
    """How a language calls a column, tokens apart by spaces. ``pick``: from 0 to 1, which of the open words."""
    words = _COLUMN[concept][language]
    if held or len(words) == 1:
        return words[-1]
    return words[int(pick * (len(words) - 1))]


def table(concept: str, language: str, plural: bool) -> str:
    return _TABLE[concept][language][plural]


def is_table(concept: str) -> bool:
    return concept in _TABLE

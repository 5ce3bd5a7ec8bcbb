# ruff: noqa: E501
"""What estates are made of: words of nine languages, people's names, domains. Data, and two small readers."""

from __future__ import annotations

import unicodedata

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv")

# concept: singular/plural for tables, tokens apart by spaces; in the order of LANGUAGES
_WORDS = """
customer: customer/customers | kunde/kunden | client/clients | cliente/clientes | cliente/clienti | klant/klanten | cliente/clientes | klient/klienci | kund/kunder
patient: patient/patients | patient/patienten | patient/patients | paciente/pacientes | paziente/pazienti | patiënt/patiënten | paciente/pacientes | pacjent/pacjenci | patient/patienter
student: student/students | schüler/schüler | élève/élèves | alumno/alumnos | studente/studenti | leerling/leerlingen | aluno/alunos | uczeń/uczniowie | elev/elever
insured: policyholder/policyholders | versicherter/versicherte | assuré/assurés | asegurado/asegurados | assicurato/assicurati | verzekerde/verzekerden | segurado/segurados | ubezpieczony/ubezpieczeni | försäkrad/försäkrade
user: user/users | benutzer/benutzer | utilisateur/utilisateurs | usuario/usuarios | utente/utenti | gebruiker/gebruikers | usuário/usuários | użytkownik/użytkownicy | användare/användare
guest: guest/guests | gast/gäste | hôte/hôtes | huésped/huéspedes | ospite/ospiti | gast/gasten | hóspede/hóspedes | gość/goście | gäst/gäster
member: member/members | mitglied/mitglieder | adhérent/adhérents | socio/socios | socio/soci | lid/leden | sócio/sócios | członek/członkowie | medlem/medlemmar
reader: reader/readers | leser/leser | lecteur/lecteurs | lector/lectores | lettore/lettori | lezer/lezers | leitor/leitores | czytelnik/czytelnicy | låntagare/låntagare
contact: contact/contacts | kontakt/kontakte | contact/contacts | contacto/contactos | contatto/contatti | contact/contacten | contato/contatos | kontakt/kontakty | kontakt/kontakter
staff: employee/staff | mitarbeiter/mitarbeiter | employé/employés | empleado/empleados | dipendente/dipendenti | medewerker/medewerkers | funcionário/funcionários | pracownik/pracownicy | anställd/anställda
product: product/products | artikel/artikel | produit/produits | producto/productos | prodotto/prodotti | product/producten | produto/produtos | produkt/produkty | produkt/produkter
course: course/courses | kurs/kurse | cours/cours | curso/cursos | corso/corsi | cursus/cursussen | curso/cursos | kurs/kursy | kurs/kurser
room: room/rooms | zimmer/zimmer | chambre/chambres | habitación/habitaciones | camera/camere | kamer/kamers | quarto/quartos | pokój/pokoje | rum/rum
book: book/books | buch/bücher | livre/livres | libro/libros | libro/libri | boek/boeken | livro/livros | książka/książki | bok/böcker
tariff: tariff/tariffs | tarif/tarife | tarif/tarifs | tarifa/tarifas | tariffa/tariffe | tarief/tarieven | tarifa/tarifas | taryfa/taryfy | tariff/tariffer
order: order/orders | bestellung/bestellungen | commande/commandes | pedido/pedidos | ordine/ordini | bestelling/bestellingen | pedido/pedidos | zamówienie/zamówienia | beställning/beställningar
appointment: appointment/appointments | termin/termine | rendez vous/rendez vous | cita/citas | appuntamento/appuntamenti | afspraak/afspraken | consulta/consultas | wizyta/wizyty | besök/besök
enrolment: enrolment/enrolments | einschreibung/einschreibungen | inscription/inscriptions | matrícula/matrículas | iscrizione/iscrizioni | inschrijving/inschrijvingen | matrícula/matrículas | zapis/zapisy | anmälan/anmälningar
contract: contract/contracts | vertrag/verträge | contrat/contrats | contrato/contratos | contratto/contratti | contract/contracten | contrato/contratos | umowa/umowy | avtal/avtal
booking: booking/bookings | buchung/buchungen | réservation/réservations | reserva/reservas | prenotazione/prenotazioni | boeking/boekingen | reserva/reservas | rezerwacja/rezerwacje | bokning/bokningar
loan: loan/loans | ausleihe/ausleihen | emprunt/emprunts | préstamo/préstamos | prestito/prestiti | uitlening/uitleningen | empréstimo/empréstimos | wypożyczenie/wypożyczenia | lån/lån
application: application/applications | bewerbung/bewerbungen | candidature/candidatures | solicitud/solicitudes | candidatura/candidature | sollicitatie/sollicitaties | candidatura/candidaturas | aplikacja/aplikacje | ansökan/ansökningar
line: order item/order items | position/positionen | ligne/lignes | línea/líneas | riga/righe | regel/regels | linha/linhas | pozycja/pozycje | rad/rader
invoice: invoice/invoices | rechnung/rechnungen | facture/factures | factura/facturas | fattura/fatture | factuur/facturen | fatura/faturas | faktura/faktury | faktura/fakturor
message: message/messages | nachricht/nachrichten | message/messages | mensaje/mensajes | messaggio/messaggi | bericht/berichten | mensagem/mensagens | wiadomość/wiadomości | meddelande/meddelanden
ticket: ticket/tickets | anfrage/anfragen | demande/demandes | consulta/consultas | richiesta/richieste | melding/meldingen | chamado/chamados | zgłoszenie/zgłoszenia | ärende/ärenden
comment: comment/comments | kommentar/kommentare | commentaire/commentaires | comentario/comentarios | commento/commenti | reactie/reacties | comentário/comentários | komentarz/komentarze | kommentar/kommentarer
audit: audit log/audit log | änderung/änderungen | historique/historiques | historial/historial | storico/storico | wijziging/wijzigingen | histórico/histórico | historia/historia | historik/historik
preference: preference/preferences | einstellung/einstellungen | préférence/préférences | preferencia/preferencias | preferenza/preferenze | voorkeur/voorkeuren | preferência/preferências | ustawienie/ustawienia | inställning/inställningar
subscriber: subscriber/subscribers | abonnent/abonnenten | abonné/abonnés | suscriptor/suscriptores | iscritto/iscritti | abonnee/abonnees | assinante/assinantes | subskrybent/subskrybenci | prenumerant/prenumeranter
opening: opening/openings | öffnung/öffnungen | ouverture/ouvertures | apertura/aperturas | apertura/aperture | opening/openingen | abertura/aberturas | otwarcie/otwarcia | öppning/öppningar
survey: survey answer/survey answers | umfrage/umfragen | sondage/sondages | encuesta/encuestas | sondaggio/sondaggi | enquête/enquêtes | pesquisa/pesquisas | ankieta/ankiety | enkät/enkäter
session: session/sessions | sitzung/sitzungen | session/sessions | sesión/sesiones | sessione/sessioni | sessie/sessies | sessão/sessões | sesja/sesje | session/sessioner
event: event/events | ereignis/ereignisse | événement/événements | evento/eventos | evento/eventi | gebeurtenis/gebeurtenissen | evento/eventos | zdarzenie/zdarzenia | händelse/händelser
id: id | id | id | id | id | id | id | id | id
number: number | nummer | numéro | número | numero | nummer | número | numer | nummer
email: email | email | courriel | correo | email | email | email | email | epost
name: full name | name | nom complet | nombre completo | nominativo | naam | nome completo | imię nazwisko | namn
first: first name | vorname | prénom | nombre | nome | voornaam | nome | imię | förnamn
last: last name | nachname | nom | apellidos | cognome | achternaam | apelido | nazwisko | efternamn
phone: phone | telefon | téléphone | teléfono | telefono | telefoon | telefone | telefon | telefon
street: street | straße | rue | calle | via | straat | rua | ulica | gata
city: city | ort | ville | ciudad | città | plaats | cidade | miasto | stad
zip: postal code | plz | code postal | código postal | cap | postcode | código postal | kod pocztowy | postnummer
birth: birth date | geburts datum | date naissance | fecha nacimiento | data nascita | geboorte datum | data nascimento | data urodzenia | födelse datum
gender: gender | geschlecht | sexe | sexo | sesso | geslacht | sexo | płeć | kön
username: username | benutzer name | identifiant | nombre usuario | nome utente | gebruikers naam | nome usuário | login | användar namn
created: created at | erstellt am | créé le | creado el | creato il | aangemaakt op | criado em | utworzono | skapad
deleted: deleted at | gelöscht am | supprimé le | eliminado el | eliminato il | verwijderd op | excluído em | usunięto | raderad
status: status | status | statut | estado | stato | status | situação | status | status
amount: amount | betrag | montant | importe | importo | bedrag | valor | kwota | belopp
code: code | code | code | código | codice | code | código | kod | kod
quantity: quantity | menge | quantité | cantidad | quantità | aantal | quantidade | ilość | antal
note: note | notiz | remarque | nota | nota | opmerking | observação | uwaga | anteckning
subject: subject | betreff | objet | asunto | oggetto | onderwerp | assunto | temat | ämne
body: body | text | texte | texto | testo | tekst | texto | treść | text
title: title | titel | titre | título | titolo | titel | título | tytuł | titel
sender: sender id | absender id | expéditeur id | remitente id | mittente id | afzender id | remetente id | nadawca id | avsändare id
recipient: recipient id | empfänger id | destinataire id | destinatario id | destinatario id | ontvanger id | destinatário id | odbiorca id | mottagare id
author: author id | autor id | auteur id | autor id | autore id | auteur id | autor id | autor id | författare id
reply: reply to | antwort auf | réponse à | respuesta a | risposta a | antwoord op | resposta a | odpowiedź na | svar på
assigned: assigned to | bearbeitet von | traité par | asignado a | assegnato a | behandeld door | atribuído a | przypisano do | handläggs av
creator: created by | erstellt von | créé par | creado por | creato da | aangemaakt door | criado por | utworzył | skapad av
referred: referred by | geworben von | parrainé par | referido por | segnalato da | aangebracht door | indicado por | polecony przez | värvad av
type: entity type | objekt typ | type objet | tipo entidad | tipo entità | object type | tipo entidade | typ obiektu | objekt typ
entity: entity id | objekt id | id objet | id entidad | id entità | object id | id entidade | id obiektu | objekt id
old: old values | alt | avant | anterior | prima | oud | antes | przed | före
new: new values | neu | après | posterior | dopo | nieuw | depois | po | efter
changed: changed at | geändert am | modifié le | modificado el | modificato il | gewijzigd op | alterado em | zmieniono | ändrad
settings: settings | daten | données | datos | dati | gegevens | dados | dane | data
ip: ip address | ip adresse | adresse ip | dirección ip | indirizzo ip | ip adres | endereço ip | adres ip | ip adress
token: session token | token | jeton | token | token | token | token | token | token
hash: email hash | email hash | courriel hash | correo hash | email hash | email hash | email hash | email hash | epost hash
campaign: campaign | kampagne | campagne | campaña | campagna | campagne | campanha | kampania | kampanj
iban: iban | iban | iban | iban | iban | iban | iban | iban | iban
health: diagnosis | diagnose | diagnostic | diagnóstico | diagnosi | diagnose | diagnóstico | diagnoza | diagnos
uuid: uuid | uuid | uuid | uuid | uuid | uuid | uuid | uuid | uuid
score: score | punkte | score | puntos | punteggio | score | pontos | wynik | poäng
"""

# culture: first names | last names; `=ascii` where the letters are not Latin
_NAMES = """
en: Ann James Olivia Harry Grace Jack Charlotte Oliver Ruth Samuel Beatrice Noah | Smith O'Brien Taylor Evans Whitfield Baker Harlow-Reed Price Wood Marlowe Finch Ashdown
de: Anna Lukas Jürgen Sabine Käthe Björn Heike Matthias Ursula Wolfgang Friederike Tim | Müller Schröder Weiß Köhler Schmidt-Lang Vogel Krüger Baumann Groß Zimmermann Löwe Hartwig
fr: Chloé François Élodie Jean-Luc Amélie Théo Inès Gaël Marie-Claire Hélène Rémi Noémie | Dubois Lefèvre d'Aubigné Moreau Petit Béranger Garnier Châtelain Roux Fournier Guérin Lacroix
es: José Lucía Íñigo María Begoña Álvaro Nuria Jesús Ángela Rubén Pilar Joaquín | García López Muñoz Peña Ibáñez Núñez Ortega Vázquez Serrano Castaño Quiñones Prieto
it: Giulia Niccolò Chiara Matteo Francesca Luca Zoë Alessio Beatrice Enzo Caterina Dario | Rossi D'Angelo Bianchi Colombo Esposito Conti Lo Ricci Ferrara Gallo Mancini Villa
nl: Sanne Daan Fleur Joost Anouk Ruben Lieke Thijs Maartje Sven Loes Bram | Jansen Visser Bakker Meijer Smit Dekker Kuiper Vermeer Hoekstra Brouwer Postma Kok
pt: João Inês Gonçalo Conceição António Sofia Tomás Luísa Vítor Beatriz Simão Catarina | Silva Gonçalves Araújo Conceição Falcão Magalhães Brandão Simões Lourenço Teixeira Queirós Matos
pl: Łukasz Małgorzata Wojciech Żaneta Paweł Agnieszka Grażyna Stanisław Kinga Michał Zofia Jędrzej | Wójcik Kowalczyk Łukasik Dąbrowski Żak Szymańska Wiśniewska Błaszczyk Jabłoński Pająk Świątek Krawczyk
sv: Åsa Björn Märta Göran Linnéa Örjan Elsa Håkan Saga Nils Frida Östen | Lindström Åberg Öberg Sjögren Nyström Bergqvist Ek Hällström Wallén Söderlund Holm Dahl
ru: Дмитрий=dmitri Ольга=olga Светлана=svetlana Юрий=yuri Наталья=natalya Андрей=andrei | Иванов=ivanov Щербакова=shcherbakova Кузнецов=kuznetsov Лебедева=lebedeva Морозов=morozov Зайцева=zaitseva
el: Γιώργος=giorgos Ελένη=eleni Κώστας=kostas Μαρία=maria Νίκος=nikos | Παπαδόπουλος=papadopoulos Νικολάου=nikolaou Γεωργίου=georgiou Οικονόμου=oikonomou
zh: 伟=wei 芳=fang 秀英=xiuying 磊=lei 静=jing | 王=wang 李=li 张=zhang 欧阳=ouyang 陈=chen
ar: محمد=mohammed فاطمة=fatima ليلى=layla يوسف=yusuf | الحسن=alhassan بن-علي=binali العمري=alomari الخطيب=alkhatib
"""

DOMAINS = {  # person, thing, deal; what is special about the person
    "shop": ("customer", "product", "order", ()),
    "clinic": ("patient", "course", "appointment", ("birth", "gender", "health")),
    "school": ("student", "course", "enrolment", ("birth",)),
    "bank": ("insured", "tariff", "contract", ("birth", "iban")),
    "saas": ("user", "tariff", "contract", ("username",)),
    "hotel": ("guest", "room", "booking", ("birth",)),
    "club": ("member", "course", "booking", ("birth", "gender", "iban")),
    "library": ("reader", "book", "loan", ("birth",)),
    "hr": ("contact", "course", "application", ("birth", "gender")),
}

# how an author writes: thanks, please, gift, mention ({name} {email}), name alone, hello
PHRASES = {
    "en": ("Thank you for the quick reply.", "Please send the parcel to the neighbour.", "For {name}, reachable at {email}, as a gift.", "She was seen with {name} last week.", "Hello {first}, see you on Monday. {own}"),
    "de": ("Vielen Dank für die schnelle Antwort.", "Bitte beim Nachbarn abgeben.", "Geschenk für {name}, erreichbar unter {email}.", "Wurde zuletzt mit {name} gesehen.", "Hallo {first}, bis Montag. {own}"),
    "fr": ("Merci pour votre réponse rapide.", "Merci de livrer chez le voisin.", "Cadeau pour {name}, joignable à {email}.", "Vue avec {name} la semaine dernière.", "Bonjour {first}, à lundi. {own}"),
    "es": ("Gracias por la respuesta rápida.", "Por favor, entregar al vecino.", "Regalo para {name}, escribir a {email}.", "Fue vista con {name} ayer.", "Hola {first}, hasta el lunes. {own}"),
    "it": ("Grazie della risposta rapida.", "Consegnare al vicino, per favore.", "Regalo per {name}, scrivere a {email}.", "Vista con {name} ieri.", "Ciao {first}, a lunedì. {own}"),
    "nl": ("Dank voor het snelle antwoord.", "Graag bij de buren afgeven.", "Cadeau voor {name}, bereikbaar via {email}.", "Gezien met {name} vorige week.", "Hallo {first}, tot maandag. {own}"),
    "pt": ("Obrigado pela resposta rápida.", "Por favor, entregar ao vizinho.", "Presente para {name}, contato {email}.", "Vista com {name} ontem.", "Olá {first}, até segunda. {own}"),
    "pl": ("Dziękuję za szybką odpowiedź.", "Proszę zostawić u sąsiada.", "Prezent dla {name}, kontakt {email}.", "Widziana z {name} wczoraj.", "Cześć {first}, do poniedziałku. {own}"),
    "sv": ("Tack för det snabba svaret.", "Lämna gärna hos grannen.", "Present till {name}, nås på {email}.", "Sågs med {name} i går.", "Hej {first}, vi ses på måndag. {own}"),
}  # fmt: skip

PLACES = {
    "en": ("Mill Lane|Station Road|Kingsway", "Leeds|Bristol|Norwich", "LS{:02} 4QJ"),
    "de": ("Lindenweg|Hauptstraße|Am Markt", "Köln|Gießen|Bad Homburg", "{:05}"),
    "fr": ("rue de l'Église|avenue Foch|place du Marché", "Lyon|Saint-Étienne|Nîmes", "{:05}"),
    "es": ("Calle Mayor|Avenida del Puerto|Plaza Nueva", "Sevilla|A Coruña|Cádiz", "{:05}"),
    "it": ("Via Garibaldi|Corso Italia|Piazza Dante", "Torino|Forlì|L'Aquila", "{:05}"),
    "nl": ("Dorpsstraat|Kerkweg|Stationsplein", "Utrecht|'s-Hertogenbosch|Gouda", "{:04} AB"),
    "pt": ("Rua das Flores|Avenida da Liberdade|Travessa Nova", "Porto|Évora|São João", "{:04}-001"),
    "pl": ("ulica Długa|aleja Róż|ulica Polna", "Łódź|Kraków|Gdańsk", "{:02}-100"),
    "sv": ("Storgatan|Kyrkvägen|Skolgränd", "Malmö|Växjö|Umeå", "{:03} 21"),
}

# ranges that the regulators reserve for fiction: international, national, how many numbers
PHONES = {
    "en": ("+44 20 7946 0{:03}", "020 7946 0{:03}", 1000),
    "de": ("+49 30 23125{:03}", "030/23125{:03}", 1000),
    "fr": ("+33 1 99 00 0{:03}", "01 99 00 0{:03}", 1000),
    "sv": ("+46 8 465 004 {:02}", "08-465 004 {:02}", 100),
}

_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "æ": "ae", "đ": "d", "'": "", " ": ""})


def ascii_of(text: str) -> str:
    """Latin letters without accents."""
    plain = unicodedata.normalize("NFD", text.translate(_LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char))


def words(language: str) -> dict[str, tuple[str, str]]:
    """Concept → (singular, plural)."""
    found = {}
    for line in _WORDS.strip().splitlines():
        concept, _, rest = line.partition(": ")
        singular, _, plural = rest.split(" | ")[LANGUAGES.index(language)].partition("/")
        found[concept] = (singular, plural or singular)
    return found


def names(culture: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """First and last names, each with its Latin spelling for addresses."""
    line = next(line for line in _NAMES.strip().splitlines() if line.startswith(f"{culture}:"))
    first, last = line.partition(": ")[2].split(" | ")
    return _spelt(first), _spelt(last)


def _spelt(text: str) -> list[tuple[str, str]]:
    pairs = [word.partition("=") for word in text.split()]
    return [
        (name.replace("-", " ") if latin else name, (latin or ascii_of(name)).lower())
        for name, _, latin in pairs
    ]


CULTURES = [line.partition(":")[0] for line in _NAMES.strip().splitlines()]

# ruff: noqa: E501
"""Single tables as they lie about on the open web, and tables in which there is nobody. Data.

``name language: header=what; …``. ``what`` is a kind of value of a person, or a little language: ``1..9`` numbers,
``0.5..2`` decimals, ``a|b`` one of these, ``~AA-##x`` letters, digits and hexadecimal digits, ``seq``, ``date``,
``stamp``, ``epoch``, ``uuid``, ``text``. ``+`` before a name: held out.
"""

from __future__ import annotations

WEB = """
attendees en: Full name *=full; Affiliation=company; Country=country; E-Mail / Contact=email; Talk title=text; Day=Mon|Tue|Wed
+teilnehmerliste de: Nr.=seq; Name, Vorname=comma; Institution=company; E-Mail-Adresse=email; Wohnort=city; Verpflegung=vegetarisch|vegan|alles
squad en: No.=1..30; Player=full; Pos.=GK|DF|MF|FW; Height (cm)=165..199; Date of birth=birth; Club=company; Caps=0..90; Goals=0..25
+kader de: Rückennummer=1..40; Spieler=full; Position=Tor|Abwehr|Mittelfeld|Sturm; geb.=birth; Nationalität=either; Marktwert (Mio. €)=0.2..30
effectif fr: N°=1..40; Joueur=full; Poste=Gardien|Défenseur|Attaquant; Né le=birth; Taille (m)=1.6..2.05; Sélections=0..80
candidates en: Candidate=upper; Party=Labour|Green|Liberal|Independent; Constituency=North Vale|Eastmoor|Westbrook|Southdown; Votes=120..32000; %=0.4..61.5; Elected=Y|N
+candidatos es: Candidato/a=comma; Partido=PXA|Unión Local|Verdes; Circunscripción=Norte|Sur|Este; Votos=80..9000; Porcentaje=0.1..55.2
lista_kandydatow pl: Lp.=seq; Nazwisko i imię=reverse; Komitet wyborczy=Razem Dla Gminy|Nasze Miasto|Zieloni; Okręg=1..8; Liczba głosów=12..4000
staff_directory en: Name=titled; Job title=job; Room=~A.###; Ext.=1000..9999; Tel.=phone; E-mail=email; Office hours=Mon 10-12|Tue 14-16|by appointment
mitarbeiterverzeichnis de: Name=titled; Funktion=job; Raum=~A ###; Telefon=phone; Mail=email; Abteilung=Einkauf|Vertrieb|IT
+personal sv: Namn=full; Titel=job; Tfn=phone; E-post=email; Avdelning=Ekonomi|Drift|IT
contacts en: Organisation=company; Contact person=full; Tel.=phone; Mobile no.=mobile; Mail=email; Web=website
ansprechpartner de: Firma=company; Ansprechpartner/in=full; Tel. (dienstl.)=phone; E-Mail=email; Homepage=website
+contatti it: Ente=company; Referente=full; Recapito tel.=phone; Posta elettronica=email; Sito=website
ergebnisse de: Platz=seq; Startnr.=100..999; Name=full; Jg.=1950..2008; Verein=company; Zeit (netto)=~0#:#0:#5; AK=M30|M40|W30|W45
+risultati it: Pos.=seq; Pettorale=1..900; Atleta=reverse; Società=company; Tempo=~1:#4:#2; Cat.=SM|SF|MM40
+klassement nl: Plaats=seq; Naam deelnemer=full; Woonplaats=city; Categorie=H40|D35|H50; Eindtijd=~0:5#:#1
board en: Role=Chair|Treasurer|Secretary|Member; Member=full; Phone (home)=phone; Term ends=2025..2030
vorstand de: Amt=1. Vorsitzende/r|Kassenwart|Schriftführer|Beisitzer; Vorname=first; Nachname=last; Tel.=phone; Amtszeit bis=2025..2030
publications en: Author=initials; Title=text; Journal=J. Appl. Glass|Annals of Sand|Clay Letters; Year=1995..2025; DOI=~10.5555/####.###
+theses en: Graduate=full; Degree=BSc|MSc|PhD; Year=2001..2025; Thesis title=text; Supervisor=titled
burials en: Surname=last; Given names=first; Born=birth; Died=date; Plot=~A-##; Section=North|East|Old
+sepultures fr: Nom=last; Prénoms=first; Naissance=birth; Décès=date; Carré=A|B|C; Rang=1..40
manifest en: PassengerId=seq=USER_ID; Survived=0|1; Pclass=1|2|3; Name=manifest; Sex=male|female=GENDER; Fare=7.25..120.5; Ticket=~######; Embarked=S|C|Q
deputies en: Member=full; Party=Labour|Green|Liberal; Seat=North Vale|Eastmoor|Westbrook; Email=email; Handle=handle; First elected=1990..2024
+parlamentare de: MdL=titled; Fraktion=Grüne|SPD|CDU|FDP; Wahlkreis=1..90; E-Mail=email
volunteers en: First=first; Last=last; Cell #=mobile; T-Shirt=S|M|L|XL; Emergency contact=full; Emergency phone=phone; Shift=AM|PM
+voluntarios es: Nombre y apellidos=full; Móvil=mobile; Talla=S|M|L; Turno=mañana|tarde; Correo-e=email
klassenliste de: Schüler/in=reverse; Klasse=5a|5b|6a; geb. am=birth; Anschrift=street; PLZ/Ort=place; Erziehungsberechtigte=full; Tel. privat=phone
+elenco_soci it: Tessera n.=seq; Cognome e Nome=reverse; Nato il=birth; Via=street; C.A.P.=zip; Città=city; Cell.=mobile; Quota=20|35|50
medlemmar sv: Medlemsnr=number=USER_ID; Förnamn=first; Efternamn=last; Gatuadress=street; Postnr=zip; Ort=city; Mobil=mobile; Avgift betald=ja|nej
+medlemsliste da: Navn=full; Adresse=street; Postnr. og by=place; Tlf.=phone; Mail=email; Kontingent=200|350
leaderboard en: Rank=seq; Gamer tag=handle; Score=100..90000; Wins=0..200; K/D=0.2..4.1; Last seen=stamp
donations en: contributor_name=commaupper; contributor_city=city; contributor_zip=zip; amount=10..2500; receipt_date=date; occupation=job; employer=company
+dons fr: Donateur=full; Commune=city; Montant (€)=5..900; Date=date; Reçu fiscal=~RF-#####
salaries en: EmployeeName=upper; JobTitle=job; BasePay=30000.5..120000.5; OvertimePay=0.5..9000.5; Year=2011..2014; Agency=City|County
newsletter en: Email Address=email; Status=subscribed|unsubscribed; OPTIN_TIME=stamp; OPTIN_IP=ip; MEMBER_RATING=1..5; LEID=~2########
responses en: Timestamp=stamp; Email Address=email; What is your name?=full; Gender=gender; How satisfied are you?=1..5; Any other comments?=notes
+antworten de: Zeitstempel=stamp; Wie heißen Sie?=full; Ihre E-Mail-Adresse=email; Geschlecht=gender; Zufriedenheit (1-5)=1..5; Anmerkungen=notes
google_contacts en: Given Name=first; Family Name=last; E-mail 1 - Value=email; Phone 1 - Value=phone; Address 1 - Street=street; Address 1 - City=city; Address 1 - Postal Code=zip; Birthday=birth; Group Membership=* myContacts|* friends
+outlook en: Title=Mr.|Ms.|Dr.; First Name=first; Last Name=last; Company=company; Home Street=street; Home City=city; Home Postal Code=zip; Mobile Phone=mobile; E-mail Address=email; Birthday=birth
inscritos pt: Nome completo=full; Data nasc.=birth; Telemóvel=mobile; Correio electrónico=email; Escalão=Sub-15|Sub-17|Sénior; Clube=company
+uczestnicy pl: Imię=first; Nazwisko=last; Tel. kontaktowy=phone; E-mail=email; Miejscowość=city; Rozmiar koszulki=S|M|L
inscrits fr: Prénom NOM=full; Courriel=email; Tél. portable=mobile; Ville=city; Formule=10 km|semi|marathon
asistentes es: Apellidos=last; Nombre=first; Correo electrónico (*)=email; Teléfono de contacto=phone; Empresa=company; Asiste cena=Sí|No
deelnemers nl: Voornaam=first; Achternaam=last; E-mail=email; Tel.nr.=phone; Afstand=5 km|10 km|21 km; Betaald=ja|nee
+deltagere da: Fornavn=first; Efternavn=last; Mobilnr.=mobile; E-mailadresse=email; Hold=1..6
wards en: Councillor=full; Ward=Northfield|Eastgate|Harbour; Party=Labour|Green; Telephone=phone; Email address=email
+lawyers en: Attorney name=full; Bar No.=100000..399999; Admitted=date; Practice area=tax|family|criminal; Phone number=phone
trainers en: coach=full; dob=birth; sex=gender; license=A|B|C; valid_until=date; email_address=email; postcode=zip; town=city
users_dump en: user=handle; mail=email; created=stamp; last_login_ip=ip; role=admin|editor|viewer; locale=en|de|fr
"""

THINGS = """
sensors en: sensor_id=seq; reading_time=stamp; temperature_c=12.1..31.9; humidity=20..90; battery_mv=2900..4200; status=ok|low|fault
+wetterstationen de: Stations-ID=10000..99999; Messdatum=date; Lufttemperatur=0.5..35.5; Windrichtung=0..359; Höhe (m)=2..2900; Stationsname=Feldberg|Brocken|Zugspitze|Arkona
products en: sku=~AB-####; name=Oak Shelf|Steel Hook|Glass Bowl|Linen Towel|Copper Pan|Wool Rug; brand=Oakline|Nordform|Casa Verde; price=3.5..250.5; ean=~4##########7; in_stock=0..400
+furniture en: article=~###.###.##; series=Billy|Markus|Hanna|Oskar|Gustav|Linnea|Emil; type=shelf|chair|desk|lamp; colour=white|black|oak; price=9.5..399.5; weight_kg=1.5..60.5
chemistry en: cas_no=~####-##-#; compound=benzene|toluene|acetone|ethanol|phenol|aniline; formula=C6H6|C7H8|C3H6O|C2H6O; molar_mass=30.1..400.9; melting_point=5..300; density=0.6..2.1
+elementos es: Símbolo=H|He|Li|Be|Na|Fe; Nombre=Hidrógeno|Helio|Litio|Berilio|Sodio|Hierro; Número atómico=1..118; Masa atómica=1.1..294.2
stock_prices en: symbol=ABCX|QZY|MNO|TRV; trade_date=date; open=10.5..300.5; high=10.5..300.5; low=10.5..300.5; close=10.5..300.5; volume=100000..99999999
cities en: city=Leeds|Bristol|Norwich|Exeter|York|Bath|Cardiff|Dundee; country=UK|IE; population=20000..900000; lat=50.1..57.9; lon=0.1..4.9; area_km2=20..600
+gemeinden de: AGS=~0#######; Gemeinde=Celle|Ulm|Trier|Passau|Jena|Fulda; Bundesland=Bayern|Hessen|Thüringen; PLZ=~3####; Einwohner=800..240000; Fläche=4.5..300.5
comuni it: codice_istat=~0#####; comune=Parma|Lecce|Pisa|Udine|Siena|Trento; provincia=PR|LE|PI|UD|SI|TN; cap=~4###0; abitanti=900..200000; altitudine=1..1200
code_metrics en: file=src/main.py|src/util.c|lib/parse.rs|app/view.ts; commit=~xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; loc=10..3000; complexity=1..60; coverage=0.1..99.9; language=Python|C|Rust|TypeScript
builds en: build_no=seq; branch=main|develop|release/1.2; host=node-01|node-02|node-07; duration_ms=900..500000; started=epoch; artifact_sha256=~xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; result=passed|failed
+servers en: hostname=web-01|web-02|db-01|cache-03; driver=mlx5|ixgbe|e1000; client_version=4.1.0|4.2.3|5.0.0; user_count=0..400; port=22|80|443|5432; health=green|yellow|red; agent=telegraf|fluentd
parts en: part_no=~##########; supersedes=~##########; rev=A|B|C|D; description=text; qty_on_hand=0..900; bin=~A##-##; unit_cost=0.5..99.5
serials en: serial=~5###############; batch=~L######; made_on=date; line=1|2|3; passed=Y|N; test_code=~##-##-##
+imei_like en: asset=~35#############; model=T100|T200|X9; firmware=1.0.2|1.1.0|2.3.1; activated=stamp; battery_health=70..100
tracking en: parcel_no=~00############; route=~R##; scanned_at=stamp; depot=Leeds|York|Bath; weight_g=100..9000; status=in transit|delivered
invoices_sum en: month=2024-01|2024-02|2024-03; region=North|South|East; orders=10..900; revenue=900.5..90000.5; avg_basket=10.5..90.5; customers=10..900
+kpi de: Monat=2025-01|2025-02|2025-03; Neukunden=3..90; Kündigungen=0..30; Mitarbeiter (Anzahl)=20..25; Umsatz je Kunde=20.5..400.5
shops en: shop_name=High Street Store|Riverside Market|Station Kiosk|Mill Outlet; city=Leeds|York|Bath|Luton; postcode=LS1 4AB|YO2 8QX|BA1 1TJ|LU3 2AA; opening_hours=9-17|10-18; sq_m=40..900
filialen de: Filiale=Filiale Nord|Filiale Süd|Markt am Ring|City-Center; Straße=Ringstraße 4|Marktplatz 9|Hafenweg 12|Am Tor 3; PLZ=~8####; Ort=Ulm|Kassel|Jena|Celle; Verkaufsfläche=90..4000
+stations fr: id_gare=seq; nom_gare=Gare du Nord|Saint-Jean|Part-Dieu|Perrache|Matabiau; commune=Rennes|Dijon|Metz|Pau; code_postal=~3####; voies=2..30; frequentation=10000..900000
airports en: iata=LHR|CDG|FRA|MAD|FCO|AMS; icao=EGLL|LFPG|EDDF|LEMD; airport_name=John F. Kennedy|Charles de Gaulle|Marco Polo|Willy Brandt|Leonardo da Vinci; runways=1..5; elevation_ft=5..2000
+hurricanes en: storm=Katrina|Andrew|Camille|Hugo|Ivan|Irma|Maria|Sandy; season=1969..2017; category=1|2|3|4|5; max_wind_kt=64..165; min_pressure=890..980; landfall=date
ships en: vessel=Queen Anne|Stena Vision|Nordic Star|Santa Lucia|Peter Pan; imo_number=~9######; flag=SE|PA|LR; gross_tonnage=900..220000; built=1970..2024
species en: species=Rosa canina|Quercus robur|Salix alba|Tilia cordata|Acer campestre; family=Rosaceae|Fagaceae|Salicaceae|Malvaceae; common_name=Dog Rose|Oak|White Willow|Lime; sightings=1..400
+wines fr: domaine=Château Margaux|Domaine Leroy|Clos Saint-Denis|Château Simone; appellation=Bourgogne|Médoc|Palette; millesime=1998..2023; prix=9.5..400.5; note=80..100
connectors en: connector=USB-C|HDMI|XLR|RJ45; gender=male|female; contacts=2..24; pitch_mm=0.5..5.1; rated_current=0.5..16.5; address=~0x3x; mobile=0|1
+races en: race=Grand Prix|Sprint|Classic|Derby; distance_m=1000..42195; surface=turf|dirt|road; start_time=stamp; participants=5..400; sex=open|fillies|colts
tickets_stat en: queue=billing|support|sales; opened=10..300; closed=10..300; first_response_min=2..90; agent_count=2..30; week=2025-W01|2025-W02|2025-W03
email_templates en: template_key=welcome_email|reset_password|order_shipped; subject=Welcome aboard|Reset your password|Your order is on its way; email_sent=0|1; phone_required=Y|N; updated_at=stamp; version=1..9
holidays en: date=date; holiday=New Year|Easter Monday|Labour Day|Christmas Day; country=DE|FR|UK; type=public|bank|school
+languages en: iso=deu|fra|spa|ita|pol; language=German|French|Spanish|Italian|Polish; speakers_m=4..500; family=Romance|Germanic|Slavic; script=Latin|Cyrillic
config en: key=smtp.host|ui.theme|cache.ttl|user.limit; value=localhost|dark|3600|200; modified=stamp; is_secret=0|1
queue_uuid en: message_id=uuid; topic=orders|stock|mail; partition=0..11; offset=100000..999999; enqueued_at=epoch; payload_bytes=100..90000
+genres pl: id_gatunku=seq; nazwa=komedia|dramat|horror|thriller; liczba_filmów=10..900; średnia_ocena=3.5..8.9
ledger sv: Verifikat=~A####; Datum=date; Konto=1910|1930|2440|3001|4010; Debet=10.5..9000.5; Kredit=10.5..9000.5; Text=Kontorsmaterial|Hyra|Frakt|Moms
tarifas es: id_tarifa=seq; nombre=Básica|Nocturna|Empresa|Familiar; precio_kwh=0.05..0.35; vigente_desde=date; activo=0|1
+voorraad nl: artikelnummer=~8######; omschrijving=Schroef M4|Moer M6|Klem 20 mm|Slang 1 m; aantal=0..900; locatie=~B-##-#; leverdatum=date; naam_magazijn=Noord|Zuid
recipes it: ricetta=Pasta alla Norma|Pizza Margherita|Insalata Caprese|Torta Caterina; porzioni=2..8; tempo_min=10..120; calorie=100..900; difficoltà=facile|media|alta
energy de: Zählpunkt=~DE00##########################; Zeitstempel=stamp; Verbrauch_kWh=0.1..9.9; Tarifzone=HT|NT; Zählerstand=1000..99999
+flightstats en: flight_no=~XY###; origin=LHR|CDG|FRA; dest=MAD|FCO|AMS; passengers=40..300; delay_min=0..180; carrier=Blue Air|Sky North; tail=~D-AAAA
surveystats en: question=Overall satisfaction|Ease of use|Value; respondents=40..900; mean=1.1..4.9; sd=0.2..1.5; male_pct=40.1..60.9; female_pct=40.1..60.9; age_group=18-24|25-34|35-44
"""

# ruff: noqa: E501
"""What the estates of the bench are about. Data: tables, and what their columns hold.

``table*: column …``; ``*``: its rows are people. A column is ``name:kind``, and ``name:@table`` refers to a row.
In DOMAINS names are concepts that a language puts into words (the kind is then the concept, if none is said;
``@table`` alone is named after it); in SCHEMAS they are the names themselves. ``+`` before a name: held out.
"""

from __future__ import annotations

DOMAINS = {
    "logistics": """
        driver*: id first last phone mobile birth street city zip job active created
        vehicle: id serial type weight code status
        shipment: id number @driver date full street city zip phone weight amount status description
        clerk*: id first last email username
        complaint: id @shipment createdby:@clerk notes created status
    """,
    "utility": """
        subscriber*: id number full email phone street city zip iban created
        meter: id serial type unit start
        reading: id @meter @subscriber value unit date
        plan: id name price currency start end description
        login: id @subscriber ip device token created
    """,
    "university": """
        lecturer*: id first last email phone job @department
        department: id name code
        seminar: id name code description @lecturer quantity
        inpatient*: id number first last gender birth email username street city zip religion
        exam: id @seminar @inpatient date value status
    """,
    "payroll": """
        worker*: number first last birth gender email phone street city zip iban religion job @department start
        department: id name code
        payslip: id @worker date amount currency status
        purchase: id handler:@worker amount currency category notes date
    """,
    "insurance": """
        owner*: id full email mobile birth street city zip iban health
        policy: number @owner type amount start end status
        clerk*: id username first last email
        claimant*: id first last phone email street city zip
        claim: id @policy @claimant handler:@clerk date amount notes health status
    """,
    "telecom": """
        subscriber*: id first last email mobile birth street city zip created
        plan: id name code price currency active
        callrecord: id @subscriber phone start quantity code
        login: id @subscriber ip device start
        complaint: id @subscriber notes createdby status created
    """,
    "airline": """
        passenger*: id first last email phone birth gender lang
        flight: id number code date start status
        seat: id @passenger @flight code price currency
        buyer*: id full email card street city zip
        purchase: id @buyer @seat amount currency date ip
    """,
    "+rental": """
        owner*: id full phone email iban street city zip
        property: id type code price description weight
        tenant*: id first last mobile email birth job
        lease: id @property @tenant @owner start end amount status notes
        complaint: id @tenant @property description created handler
    """,
    "charity": """
        donor*: id full email street city zip phone birth emailhash
        campaign: id name start end amount description
        donation: id @donor @campaign amount currency date iban type
        clerk*: id first last email username
        login: id @clerk ip start token
    """,
    "+municipality": """
        resident*: id first last birth gender street city zip religion ethnicity phone
        clerk*: id full email username
        permit: number @resident type start end handler:@clerk status description
        fine: id @resident amount date status notes
        vehicle: id serial type code @resident
    """,
    "+gaming": """
        player*: id username email birth lang created
        item: id name type price code
        match: id start end quantity status
        purchase: id @player @item amount currency ip device created
        complaint: id @player notes created handler
    """,
    "+hospital": """
        inpatient*: id first last birth gender phone street city zip health ethnicity
        ward: id name code quantity
        admission: id @inpatient @ward start end health notes
        clerk*: id first last username email active
        supplier: id company website code status
    """,
}
"""Estates in ten languages."""

SCHEMAS = {
    "magento": """
        customer_entity*: entity_id:id email:email firstname:first lastname:last dob:birth gender:gender password_hash:secret group_id:small created_at:created
        customer_address_entity: entity_id:id parent_id:@customer_entity firstname:first lastname:last street:street city:city postcode:zip telephone:phone is_active:active
        sales_order: entity_id:id increment_id:number customer_id:@customer_entity customer_email:email customer_firstname:first customer_lastname:last grand_total:amount order_currency_code:currency remote_ip:ip created_at:created status:status
        sales_order_item: item_id:id order_id:@sales_order sku:code name:name qty_ordered:quantity price:price
        catalog_product_entity: entity_id:id sku:code type_id:type created_at:created
        catalog_product_entity_varchar: value_id:id attribute_id:small entity_id:@catalog_product_entity value:name
        newsletter_subscriber: subscriber_id:either customer_id:@customer_entity subscriber_email:email subscriber_status:small
        admin_user*: user_id:id firstname:first lastname:last email:email username:username is_active:active
    """,
    "wordpress": """
        wp_users*: ID:id user_login:username user_pass:secret user_email:email user_registered:created display_name:full user_status:active
        wp_posts: ID:id post_author:@wp_users post_date:created post_title:name post_content:description post_status:status
        wp_comments: comment_ID:id comment_post_ID:@wp_posts comment_author:full comment_author_email:email comment_author_IP:ip comment_content:description user_id:@wp_users
        wp_usermeta: umeta_id:id user_id:@wp_users meta_key:code meta_value:mixed
        wp_terms: term_id:id name:name slug:code term_group:small
    """,
    "erp_de": """
        KDSTAMM*: KD_NR:id KD_NAM1:last KD_NAM2:first KD_STR:street KD_PLZ:zip KD_ORT:city KD_TEL1:phone KD_EMAIL:email KD_GEBDT:birth KD_SPERR:active KD_ANLDT:created
        AUFKOPF: AU_NR:id KD_NR:@KDSTAMM AU_DAT:date AU_WERT:amount AU_WAEHR:currency AU_STAT:status
        AUFPOS: AP_ID:id AU_NR:@AUFKOPF ART_NR:code AP_MENGE:quantity AP_PREIS:price
        ARTSTAMM: ART_ID:id ART_NR:code ART_BEZ:name ART_GEW:weight ART_PREIS:price
        MITARB*: PERSNR:id MA_NAME:last MA_VNAME:first MA_TEL:phone ABT_NR:small
    """,
    "as400": """
        CUSTMAST*: CUSNUM:id CUSFNM:first CUSLNM:last CUSAD1:street CUSCTY:city CUSZIP:zip CUSPH1:phone CUSEML:email CUSDOB:birth CUSSTS:status
        ORDHDR: ORDNUM:id CUSNUM:@CUSTMAST ORDDAT:date ORDTOT:amount ORDSTS:status
        ITMMAST: ITMNUM:id ITMDSC:name ITMUOM:unit ITMPRC:price ITMWGT:weight
    """,
    "crm": """
        cntct*: cntct_id:id fst_nm:first lst_nm:last eml_addr:email ph_nbr:phone mbl_nbr:mobile brth_dt:birth addr_ln_1:street cty_nm:city pstl_cd:zip gndr_cd:gender crt_dt:created
        acct: acct_id:id acct_nm:company web_url:website sts_cd:status
        opp: opp_id:id acct_id:@acct cntct_id:@cntct opp_amt:amount crncy_cd:currency cls_dt:date stg_cd:status
        actvty: actvty_id:id cntct_id:@cntct note_txt:notes actvty_dt:date typ_cd:type
    """,
    "orm": """
        User*: id:id firstName:first lastName:last emailAddress:email dateOfBirth:birth phoneNumber:phone passwordHash:secret lastLoginIp:ip createdAt:created
        Address: id:id userId:@User line1:street town:city postalCode:zip isDefault:active
        Basket: id:id userId:@User createdAt:created totalCents:small currency:currency
        BasketItem: id:id basketId:@Basket productId:@Product quantity:quantity
        Product: id:id title:name sku:code unitPrice:price description:description
        RefreshToken: id:id userId:@User token:token expiresAt:date userAgent:mixed
    """,
    "export": """
        order_export: order_id:number order_date:date buyer_name:full buyer_email:email buyer_phone_number:phone ship_address_1:street ship_city:city ship_postal_code:zip sku:code product_name:name quantity:quantity item_price:price currency:currency
    """,
    "access_de": """
        tblPersonal*: lngPersonalID:id strVorname:first strNachname:last datGeburt:birth strStrasse:street strPLZ:zip strOrt:city strTelPrivat:phone strEMail:email memBemerkung:notes blnAktiv:active
        tblProjekt: lngProjektID:id strBezeichnung:name datBeginn:start datEnde:end curBudget:amount lngLeiterID:@tblPersonal
        tblStunden: lngStundenID:id lngPersonalID:@tblPersonal lngProjektID:@tblProjekt dblStunden:value datTag:date
    """,
    "iot": """
        account_holder*: holder_id:id holder_name:full contact_email:email contact_phone:phone created_ts:created
        device: device_id:id holder_id:@account_holder serial_no:either model:code firmware:version installed_on:start
        telemetry: id:id device_id:@device ts:epoch metric:type value:value unit:unit
        alert: id:id device_id:@device severity:status raised_at:created acknowledged_by:@account_holder message:description
    """,
    "+salesforce": """
        Contact*: Id:id FirstName:first LastName:last MailingStreet:street MailingCity:city MailingPostalCode:zip Email:email MobilePhone:mobile Birthdate:birth LeadSource:category CreatedDate:created
        Account: Id:id Name:company Industry:category AnnualRevenue:amount Website:website
        Opportunity: Id:id AccountId:@Account ContactId:@Contact StageName:status Amount:amount CloseDate:date Probability:small
    """,
    "+sap": """
        KNA1*: KUNNR:id NAME1:last NAME2:first STRAS:street PSTLZ:zip ORT01:city TELF1:phone SMTP_ADDR:email ERDAT:created
        VBAK: VBELN:number KUNNR:@KNA1 AUDAT:date NETWR:amount WAERK:currency AUART:type
        PA0002*: PERNR:id VORNA:first NACHN:last GBDAT:birth GESCH:gender
        MARA: MATNR:id MTART:type MEINS:unit BRGEW:weight MAKTX:name
    """,
    "+anagrafica": """
        ANAGRAFICA*: COD_ANAG:id COGNOME:last NOME:first DATA_NASC:birth SESSO:gender INDIRIZZO:street CAP:zip COMUNE:city TEL_ABIT:phone CELL:mobile EMAIL:email
        DOC_TESTATA: NUM_DOC:id COD_ANAG:@ANAGRAFICA DATA_DOC:date TOT_DOC:amount TIPO_DOC:type
        DOC_RIGHE: ID_RIGA:id NUM_DOC:@DOC_TESTATA COD_ART:code DES_ART:name QTA:quantity PREZZO:price
    """,
    "+adherents": """
        adherent*: adh_id:id adh_nom:last adh_prenom:first adh_dnais:birth adh_adr1:street adh_cp:zip adh_ville:city adh_tel_dom:phone adh_mel:email
        cotisation: cot_id:id adh_id:@adherent cot_annee:year cot_montant:amount cot_mode:type
        activite: act_id:id act_libelle:name act_jour:small act_tarif:price
        inscription: ins_id:id adh_id:@adherent act_id:@activite ins_date:date
    """,
    "terceros": """
        TERCEROS*: CODTER:id NOMTER:first APETER:last DIRTER:street POBTER:city CPTER:zip TLFTER:phone MAILTER:email FECNAC:birth FECALT:created
        FACCAB: NUMFAC:id CODTER:@TERCEROS FECFAC:date IMPFAC:amount ESTFAC:status
        FACLIN: IDLIN:id NUMFAC:@FACCAB CODART:code DESART:name CANTID:quantity PRECIO:price
    """,
    "+staffbook": """
        emp_master*: emp_no:id emp_fname:first emp_lname:last emp_dob:birth emp_sex:gender emp_email:email emp_ph_res:phone emp_addr:street emp_city:city emp_pin:zip emp_blood_grp:health dept_cd:small doj:start
        leave_txn: txn_id:id emp_no:@emp_master from_dt:start to_dt:end lv_type:type appr_by:@emp_master remarks:notes
        asset_reg: asset_id:id asset_tag:serial asset_desc:name issued_to:@emp_master issue_dt:date
    """,
}
"""Estates whose names are as some programs have them."""

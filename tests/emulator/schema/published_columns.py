"""
Columns of standard tables, by their names on the wire, as public generated code lists them.

From the entity definitions that `dataverse-gen` and XrmDefinitelyTyped wrote of real environments;
columns of other products and of customers are left out.
"""

from __future__ import annotations

from typing import Final

_STAMPS: Final = (
    "_createdby_value _createdonbehalfby_value _modifiedby_value _modifiedonbehalfby_value "
    "createdon modifiedon versionnumber"
)
_IMPORTED: Final = "importsequencenumber overriddencreatedon"
_ZONE: Final = "timezoneruleversionnumber utcconversiontimezonecode"
_OWNED: Final = "_ownerid_value _owningbusinessunit_value _owningteam_value _owninguser_value"
_MONEY: Final = "exchangerate _transactioncurrencyid_value"
_PROCESS: Final = "processid stageid traversedpath"
_IMAGE: Final = "entityimageid"
_STATE: Final = "statecode statuscode"
_HOLD: Final = "onholdtime lastonholdtime _slaid_value _slainvokedid_value"
_ADDRESS: Final = (
    "addressid addresstypecode city composite country county fax latitude line1 line2 line3 "
    "longitude name postalcode postofficebox shippingmethodcode stateorprovince telephone1 "
    "telephone2 telephone3 upszone utcoffset"
)


def _all(*parts: str) -> str:
    return " ".join(parts)


def _addresses(*numbers: int, more: str = "") -> str:
    parts = f"{_ADDRESS} {more}".split()
    return " ".join(f"address{number}_{part}" for number in numbers for part in parts)


def _amounts(names: str) -> str:
    return " ".join(f"{name} {name}_base" for name in names.split())


_USER_OWNED: Final = _all(_STAMPS, _IMPORTED, _ZONE, _OWNED, _STATE)
_CUSTOMER: Final = _all(
    *(
        _amounts("aging30 aging60 aging90 creditlimit"),
        "creditonhold customersizecode customertypecode _defaultpricelevelid_value description",
        "donotbulkemail donotbulkpostalmail donotemail donotfax donotphone donotpostalmail",
        "donotsendmm emailaddress1 emailaddress2 emailaddress3 fax followemail ftpsiteurl",
        "isprivate lastusedincampaign marketingonly _masterid_value merged",
        "_originatingleadid_value participatesinworkflow paymenttermscode",
        "preferredappointmentdaycode preferredappointmenttimecode preferredcontactmethodcode",
        "_preferredequipmentid_value _preferredserviceid_value _preferredsystemuserid_value",
        "shippingmethodcode teamsfollowed telephone1 telephone2 telephone3 territorycode",
        "timespentbymeonemailandmeetings websiteurl msdyn_gdproptout",
        "_createdbyexternalparty_value _modifiedbyexternalparty_value",
    )
)

COLUMNS: Final = {
    "account": _all(
        *(
            _USER_OWNED,
            _CUSTOMER,
            _addresses(1, 2, more="freighttermscode primarycontactname"),
            _HOLD,
            _MONEY,
            _PROCESS,
            "accountcategorycode accountclassificationcode accountid accountnumber",
            "accountratingcode businesstypecode entityimage entityimage_timestamp",
            "entityimage_url entityimageid industrycode",
            _amounts("marketcap openrevenue revenue"),
            "name numberofemployees opendeals opendeals_date opendeals_state openrevenue_date",
            "openrevenue_state ownershipcode _parentaccountid_value _primarycontactid_value",
            "primarysatoriid primarytwitterid sharesoutstanding sic stockexchange",
            "_territoryid_value tickersymbol yominame",
        )
    ),
    "contact": _all(
        *(
            _USER_OWNED,
            _CUSTOMER,
            _addresses(1, 2, 3, more="freighttermscode primarycontactname"),
            _HOLD,
            _MONEY,
            _PROCESS,
            _amounts("annualincome"),
            "_accountid_value accountrolecode anniversary assistantname assistantphone birthdate",
            "business2 businesscard businesscardattributes callback childrensnames company",
            "contactid department educationcode employeeid entityimage entityimage_timestamp",
            "entityimage_url entityimageid externaluseridentifier familystatuscode firstname",
            "fullname gendercode governmentid haschildrencode home2 isautocreate",
            "isbackofficecustomer jobtitle lastname leadsourcecode managername managerphone",
            "middlename mobilephone msdyn_orgchangestatus nickname numberofchildren pager",
            "_parentcontactid_value _parentcustomerid_value salutation spousesname",
            "subscriptionid suffix yomifirstname yomifullname yomilastname yomimiddlename",
        )
    ),
    "lead": _all(
        *(
            _USER_OWNED,
            _addresses(1, 2),
            _HOLD,
            _MONEY,
            _PROCESS,
            _IMAGE,
            _amounts("budgetamount estimatedamount revenue"),
            "_accountid_value budgetstatus businesscard businesscardattributes _campaignid_value",
            "companyname confirminterest _contactid_value _customerid_value decisionmaker",
            "description donotbulkemail donotemail donotfax donotphone donotpostalmail",
            "donotsendmm emailaddress1 emailaddress2 emailaddress3 estimatedclosedate",
            "estimatedvalue evaluatefit fax firstname followemail fullname industrycode",
            "initialcommunication isautocreate isprivate jobtitle lastname lastusedincampaign",
            "leadid leadqualitycode leadsourcecode merged middlename mobilephone",
            "msdyn_gdproptout msdyn_ordertype msdyn_salesassignmentresult need",
            "numberofemployees _originatingcaseid_value pager _parentaccountid_value",
            "_parentcontactid_value participatesinworkflow preferredcontactmethodcode",
            "prioritycode purchaseprocess purchasetimeframe qualificationcomments",
            "_qualifyingopportunityid_value _relatedobjectid_value salesstage salesstagecode",
            "salutation schedulefollowup_prospect schedulefollowup_qualify sic subject",
            "teamsfollowed telephone1 telephone2 telephone3 timespentbymeonemailandmeetings",
            "websiteurl",
        )
    ),
    "opportunity": _all(
        *(
            _USER_OWNED,
            _HOLD,
            _MONEY,
            _PROCESS,
            _amounts("actualvalue budgetamount discountamount estimatedvalue freightamount"),
            _amounts("totalamount totalamountlessfreight totaldiscountamount"),
            _amounts("totallineitemamount totallineitemdiscountamount totaltax"),
            "_accountid_value actualclosedate budgetstatus _campaignid_value",
            "captureproposalfeedback closeprobability completefinalproposal",
            "completeinternalreview confirminterest _contactid_value currentsituation",
            "_customerid_value customerneed customerpainpoints decisionmaker description",
            "developproposal discountpercentage emailaddress estimatedclosedate evaluatefit",
            "filedebrief finaldecisiondate identifycompetitors identifycustomercontacts",
            "identifypursuitteam initialcommunication isprivate isrevenuesystemcalculated",
            "msdyn_forecastcategory msdyn_gdproptout msdyn_opportunitygrade",
            "_msdyn_opportunitykpiid_value msdyn_opportunityscore msdyn_opportunityscoretrend",
            "_msdyn_predictivescoreid_value msdyn_scorehistory msdyn_scorereasons",
            "_msdyn_segmentid_value msdyn_similaropportunities name need opportunityid",
            "opportunityratingcode _originatingleadid_value _parentaccountid_value",
            "_parentcontactid_value participatesinworkflow presentfinalproposal",
            "presentproposal _pricelevelid_value pricingerrorcode prioritycode",
            "proposedsolution purchaseprocess purchasetimeframe pursuitdecision",
            "qualificationcomments quotecomments resolvefeedback salesstage salesstagecode",
            "schedulefollowup_prospect schedulefollowup_qualify scheduleproposalmeeting",
            "sendthankyounote skippricecalculation stepid stepname teamsfollowed timeline",
            "timespentbymeonemailandmeetings",
        )
    ),
    "product": _all(
        *(
            _STAMPS,
            _IMPORTED,
            _ZONE,
            _STATE,
            _MONEY,
            _PROCESS,
            _IMAGE,
            _amounts("currentcost price standardcost"),
            "_defaultuomid_value _defaultuomscheduleid_value description dmtimportstate",
            "hierarchypath iskit isreparented isstockitem msdyn_converttocustomerasset",
            "_msdyn_defaultvendor_value msdyn_fieldserviceproducttype msdyn_purchasename",
            "msdyn_taxable _msdyn_transactioncategory_value msdyn_upccode name",
            "_organizationid_value _parentproductid_value _pricelevelid_value productid",
            "productnumber productstructure producttypecode producturl quantitydecimal",
            "quantityonhand size stockvolume stockweight _subjectid_value suppliername",
            "validfromdate validtodate vendorid vendorname vendorpartnumber",
        )
    ),
    "systemuser": _all(
        *(
            _STAMPS,
            _IMPORTED,
            _ZONE,
            _MONEY,
            _PROCESS,
            _IMAGE,
            _addresses(1, 2),
            "accessmode activedirectoryguid applicationid applicationiduri",
            "azureactivedirectoryobjectid caltype defaultfilterspopulated",
            "defaultodbfoldername deletedstate disabledreason displayinserviceviews domainname",
            "emailrouteraccessapproval employeeid firstname fullname governmentid homephone",
            "identityid incomingemaildeliverymethod internalemailaddress invitestatuscode",
            "isactivedirectoryuser isdisabled isemailaddressapprovedbyo365admin",
            "isintegrationuser islicensed issyncwithdirectory jobtitle lastname",
            "latestupdatetime middlename mobilealertemail mobilephone nickname",
            "organizationid outgoingemaildeliverymethod passporthi passportlo",
            "personalemailaddress photourl preferredaddresscode preferredemailcode",
            "preferredphonecode salutation setupuser sharepointemailaddress skills",
            "systemuserid title userlicensetype userpuid windowsliveid yammeremailaddress",
            "yammeruserid _businessunitid_value",
        )
    ),
    "quote": _all(
        *(
            _USER_OWNED,
            _HOLD,
            _MONEY,
            _PROCESS,
            _amounts("discountamount freightamount msdyn_estimatedcost msdyn_totalamount"),
            _amounts("totalamount totalamountlessfreight totaldiscountamount"),
            _amounts("totallineitemamount totallineitemdiscountamount totaltax"),
            "_accountid_value billto_city billto_line1 _campaignid_value closedon",
            "_contactid_value _customerid_value description discountpercentage effectivefrom",
            "effectiveto emailaddress expireson freighttermscode msdyn_adjustedgrossmargin",
            "msdyn_competitive msdyn_estimatedbudget msdyn_estimatedschedule msdyn_feasible",
            "msdyn_grossmargin msdyn_ordertype msdyn_profitability msdyn_quotelineenddate",
            "msdyn_quotelinestartdate name _opportunityid_value paymenttermscode",
            "_pricelevelid_value pricingerrorcode quoteid quotenumber requestdeliveryby",
            "revisionnumber shippingmethodcode shipto_city skippricecalculation uniquedscid",
            "willcall",
        )
    ),
    "task": _all(
        *(
            _USER_OWNED,
            _HOLD,
            _MONEY,
            _PROCESS,
            "activityadditionalparams activityid activitytypecode actualdurationminutes actualend",
            "actualstart category crmtaskassigneduniqueid description isbilled",
            "isregularactivity isworkflowcreated percentcomplete prioritycode",
            "_regardingobjectid_value scheduleddurationminutes scheduledend scheduledstart",
            "_serviceid_value sortdate subcategory subject subscriptionid",
        )
    ),
    "email": _all(
        *(
            _USER_OWNED,
            _HOLD,
            _MONEY,
            _PROCESS,
            "activityid activitytypecode attachmentcount attachmentopencount",
            "baseconversationindexhash compressed conversationindex conversationtrackingid",
            "correlationmethod delayedemailsendtime deliveryattempts deliveryprioritycode",
            "deliveryreceiptrequested description directioncode emailreminderexpirytime",
            "emailreminderstatus emailremindertext emailremindertype _emailsender_value",
            "emailtrackingid followemailuserpreference inreplyto isemailfollowed",
            "isemailreminderset isunsafe lastopenedtime linksclickedcount messageid",
            "messageiddupcheck mimetype msdyn_recipientlist notifications opencount",
            "postponeemailprocessinguntil prioritycode readreceiptrequested",
            "_regardingobjectid_value reminderactioncardid replycount reservedforinternaluse",
            "sender senton submittedby torecipients trackingtoken",
        )
    ),
    "role": (
        f"{_STAMPS} {_IMPORTED} _businessunitid_value componentstate isinherited ismanaged name "
        "organizationid overwritetime _parentroleid_value _parentrootroleid_value roleid "
        "roleidunique _roletemplateid_value solutionid supportingsolutionid"
    ),
    "stringmap": (
        "attributename attributevalue displayorder langid objecttypecode organizationid "
        "stringmapid value versionnumber"
    ),
    "territory": (
        f"{_STAMPS} {_IMPORTED} {_ZONE} {_MONEY} {_IMAGE} description _managerid_value name "
        "_organizationid_value _parentterritoryid_value territoryid"
    ),
    "annotation": (
        f"{_STAMPS} {_IMPORTED} {_OWNED} annotationid documentbody filename filesize isdocument "
        "langid mimetype notetext _objectid_value objecttypecode stepid subject"
    ),
    "activityparty": (
        "activitypartyid addressused addressusedemailcolumnnumber donotemail donotfax donotphone "
        "donotpostalmail effort exchangeentryid instancetypecode ispartydeleted "
        "owningbusinessunit owninguser participationtypemask scheduledend scheduledstart "
        "versionnumber _activityid_value _ownerid_value _partyid_value _resourcespecid_value"
    ),
}

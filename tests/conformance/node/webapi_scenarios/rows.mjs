import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import {
  ADATUM,
  ANNA,
  BERT,
  CONTOSO,
  NOTHING,
  PUMP,
  SECOND_USER_OBJECT,
  SENSOR,
  VALVE,
} from "../tenant.mjs";

const FORMATTED = "@OData.Community.Display.V1.FormattedValue";

scenario("a row is retrieved with all annotations", async ({ api, config }) => {
  const row = await api.retrieve(config(), "accounts", ADATUM, "$select=name,_primarycontactid_value");
  assert.equal(row.name, "Adatum");
  assert.equal(row._primarycontactid_value, ANNA);
  assert.equal(row[`_primarycontactid_value${FORMATTED}`], "Anna Weiler");
  assert.equal(row["_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname"], "contact");
});

scenario("an id in braces and any case finds its row", async ({ api, config }) => {
  const row = await api.retrieve(config(), "accounts", `{${ADATUM.toUpperCase()}}`, "?$select=name");
  assert.equal(row.name, "Adatum");
});

scenario("a row that is not there is an error with the service's code", async ({ api, config }) => {
  const error = await refusal(api.retrieve(config(), "accounts", NOTHING));
  assert.equal(error.code, "0x80040217");
  assert.match(error.message, /Does Not Exist/);
});

scenario("a row is retrieved by an alternate key of two columns", async ({ api, config }) => {
  const key = "cr_site='North',cr_number=2";
  const row = await api.retrieveAlternateKey(config(), "cr_devices", key, "$select=cr_name");
  assert.equal(row.cr_name, "Valve");
  assert.equal(row.cr_deviceid, VALVE);
});

scenario("several rows come filtered and in order", async ({ api, config }) => {
  const query = "$select=name&$filter=name ne 'Adatum'&$orderby=name desc&$count=true";
  const page = await api.retrieveMultiple(config(), "accounts", query.replaceAll(" ", "%20"));
  assert.deepEqual(page.value.map((row) => row.name), ["Fabrikam", "Contoso"]);
  assert.equal(page["@odata.count"], 2);
});

scenario("a page ends where its size says, with a link to the next", async ({
  api,
  config,
  tenant,
}) => {
  const options = { maxPageSize: 2 };
  const page = await api.retrieveMultiple(config(), "cr_devices", "$select=cr_name", options);
  assert.deepEqual(page.value.map((row) => row.cr_name), ["Pump", "Valve"]);
  // The client would put a slash behind the link.
  const { pathname, search } = new URL(page["@odata.nextLink"]);
  const next = await fetch(`${tenant.url}${pathname}${search}`, {
    headers: { Authorization: "Bearer conformance", Prefer: "odata.maxpagesize=2" },
  });
  assert.deepEqual((await next.json()).value.map((row) => row.cr_name), ["Sensor 100%"]);
});

scenario("FetchXML is sent as a query", async ({ api, config }) => {
  const fetchXml = encodeURIComponent(
    "<fetch><entity name='account'><attribute name='name'/>" +
      "<filter><condition attribute='name' operator='like' value='%o%'/></filter>" +
      "<order attribute='name'/></entity></fetch>",
  );
  const found = await api.retrieveMultiple(config(), "accounts", `fetchXml=${fetchXml}`);
  assert.deepEqual(found.value.map((row) => row.name), ["Contoso"]);
});

scenario("a row is created under the id that comes back", async ({ api, config, tenant }) => {
  const id = await api.create(config(), "accounts", { name: "Litware", creditlimit: 5.5 });
  const row = await tenant.row("accounts", id);
  assert.deepEqual([row.name, row.creditlimit], ["Litware", 5.5]);
});

scenario("a created row comes back with what was selected", async ({ api, config }) => {
  const row = await api.createWithReturnData(
    config(),
    "accounts",
    { name: "Litware", telephone1: "5" },
    "$select=name",
  );
  assert.equal(row.name, "Litware");
  assert.equal(row.telephone1, undefined);
  assert.match(row.accountid, /^[0-9a-f-]{36}$/);
});

scenario("a row is created with rows nested in it", async ({ api, config, tenant }) => {
  const id = await api.create(config(), "cr_devices", {
    cr_name: "Boiler",
    "cr_Customer_account@odata.bind": `accounts(${CONTOSO})`,
    cr_device_readings: [{ cr_name: "one" }, { cr_name: "two" }],
  });
  const readings = (await tenant.rows("cr_readings")).filter((row) => row._cr_device_value === id);
  assert.deepEqual(readings.map((row) => row.cr_name).sort(), ["one", "two"]);
  assert.equal((await tenant.row("cr_devices", id))._cr_customer_value, CONTOSO);
});

scenario("an update changes what it names and nothing else", async ({ api, config, tenant }) => {
  await api.update(config(), "accounts", ADATUM, { telephone1: "999" });
  const row = await tenant.row("accounts", ADATUM);
  assert.deepEqual([row.telephone1, row.address1_city], ["999", "Redmond"]);
});

scenario("an updated row comes back with what was selected", async ({ api, config }) => {
  const row = await api.updateWithReturnData(
    config(),
    "accounts",
    ADATUM,
    { telephone1: "999" },
    "$select=telephone1",
  );
  assert.deepEqual([row.telephone1, row.accountid], ["999", ADATUM]);
});

scenario("an update of a missing row makes it", async ({ api, config, tenant }) => {
  await api.update(config(), "accounts", NOTHING, { name: "Made" });
  assert.equal((await tenant.row("accounts", NOTHING)).name, "Made");
});

scenario("a header of the caller's own keeps an update from making rows", async ({
  api,
  config,
  tenant,
}) => {
  const options = { customHeaders: { "If-Match": "*" } };
  const error = await refusal(api.update(config(), "accounts", NOTHING, { name: "x" }, options));
  assert.equal(error.code, "0x80040217");
  assert.equal(await tenant.row("accounts", NOTHING), undefined);
});

scenario("a single property is set and emptied", async ({ api, config, tenant }) => {
  await api.updateProperty(config(), "accounts", ADATUM, "telephone1", "777");
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, "777");
  await api.deleteProperty(config(), "accounts", ADATUM, "telephone1");
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, null);
});

scenario("a deleted row is gone", async ({ api, config, tenant }) => {
  await api.deleteRecord(config(), "accounts", CONTOSO);
  assert.deepEqual(await tenant.names("accounts"), ["Adatum", "Fabrikam"]);
  const error = await refusal(api.deleteRecord(config(), "accounts", CONTOSO));
  assert.equal(error.code, "0x80040217");
});

scenario("a row is put into a collection and taken out of it", async ({ api, config, tenant }) => {
  await api.associate(config(), "cr_devices", VALVE, "cr_device_children", "cr_devices", PUMP);
  assert.equal((await tenant.row("cr_devices", PUMP))._cr_parent_value, VALVE);
  await api.disassociate(config(), "cr_devices", VALVE, "cr_device_children", PUMP);
  assert.equal((await tenant.row("cr_devices", PUMP))._cr_parent_value, null);
});

scenario("a lookup is emptied by its reference", async ({ api, config, tenant }) => {
  await api.disassociate(config(), "cr_devices", SENSOR, "cr_Parent");
  assert.equal((await tenant.row("cr_devices", SENSOR))._cr_parent_value, null);
});

scenario("rows of a many-to-many relationship are associated", async ({ api, config, tenant }) => {
  const lead = await api.create(config(), "leads", { lastname: "Li", subject: "x" });
  await api.associate(config(), "leads", lead, "contactleads_association", "contacts", BERT);
  const found = await api.retrieve(
    config(),
    "leads",
    lead,
    "$select=subject&$expand=contactleads_association($select=fullname)",
  );
  assert.deepEqual(found.contactleads_association.map((row) => row.contactid), [BERT]);
  assert.equal((await tenant.rows("leads")).length, 1);
});

scenario("a caller acts for somebody else", async ({ api, config }) => {
  const options = { impersonateUserId: SECOND_USER_OBJECT };
  const row = await api.createWithReturnData(
    config(),
    "accounts",
    { name: "Litware" },
    "$select=_createdby_value",
    options,
  );
  assert.equal(row[`_createdby_value${FORMATTED}`], "Second User");
});

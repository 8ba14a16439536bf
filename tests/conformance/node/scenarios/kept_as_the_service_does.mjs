import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import { ADATUM, ANNA, BERT, CONTOSO, PUMP, SENSOR, VALVE } from "../tenant.mjs";

const FORMATTED = "@OData.Community.Display.V1.FormattedValue";

scenario("the full name of a person is made of the first and the last", async ({ api }) => {
  const id = await api.create({ collection: "contacts", data: { firstname: "Bo", lastname: "Li" } });
  const row = await api.create({
    collection: "accounts",
    data: { name: "Litware", "primarycontactid@odata.bind": `/contacts(${id})` },
    returnRepresentation: true,
    includeAnnotations: "*",
  });
  assert.equal(row[`_primarycontactid_value${FORMATTED}`], "Bo Li");
});

scenario("a created row comes back with what was made beside it", async ({ api }) => {
  const row = await api.create({
    collection: "accounts",
    data: { name: "Litware", primarycontactid: { firstname: "Bo", lastname: "Li" } },
    returnRepresentation: true,
    select: ["name"],
    expand: [{ property: "primarycontactid", select: ["fullname"] }],
  });
  assert.equal(row.primarycontactid.fullname, "Bo Li");
});

scenario("a row of another system keeps the day on which it was made", async ({ api }) => {
  const row = await api.create({
    collection: "accounts",
    data: { name: "Litware", overriddencreatedon: "2019-01-02T03:04:05Z" },
    returnRepresentation: true,
    select: ["createdon", "overriddencreatedon"],
  });
  assert.equal(row.createdon.toISOString(), "2019-01-02T03:04:05.000Z");
  assert.ok(row.overriddencreatedon.getUTCFullYear() >= 2020);
});

scenario("a new row has the defaults of its two-option columns", async ({ api }) => {
  const row = await api.create({
    collection: "accounts",
    data: { name: "Litware" },
    returnRepresentation: true,
    select: ["creditonhold", "donotemail"],
  });
  assert.deepEqual([row.creditonhold, row.donotemail], [false, false]);
});

scenario("a row without a column that the system requires is refused", async ({ api, tenant }) => {
  const error = await refusal(api.create({ collection: "salesorders", data: { name: "x" } }));
  assert.equal(error.status, 400);
  assert.match(error.message, /customerid/);
  assert.deepEqual(await tenant.rows("salesorders"), []);
});

scenario("a number that no choice has is refused with those that it has", async ({ api }) => {
  const error = await refusal(
    api.update({ collection: "cr_devices", key: PUMP, data: { cr_color: 9 } }),
  );
  assert.equal(error.code, "0x8004431a");
  assert.match(error.message, /Accepted Values: 1,2,3$/);
});

scenario("a choice of several is set, shown by its labels and emptied", async ({ api, tenant }) => {
  await api.update({ collection: "cr_devices", key: SENSOR, data: { cr_tags: "1,3" } });
  const row = await api.retrieve({
    collection: "cr_devices",
    key: SENSOR,
    select: ["cr_tags"],
    includeAnnotations: "*",
  });
  assert.equal(row.cr_tags, "1,3");
  assert.equal(row[`cr_tags${FORMATTED}`], "Indoor; Wireless");
  await api.update({ collection: "cr_devices", key: SENSOR, data: { cr_tags: null } });
  assert.equal((await tenant.row("cr_devices", SENSOR)).cr_tags, null);
});

scenario("an empty text is no choice of several", async ({ api, tenant }) => {
  const error = await refusal(
    api.update({ collection: "cr_devices", key: PUMP, data: { cr_tags: "" } }),
  );
  assert.equal(error.status, 400);
  assert.equal((await tenant.row("cr_devices", PUMP)).cr_tags, "1,3");
});

scenario("an alternate key with a slash in it addresses nothing", async ({ api, tenant }) => {
  const error = await refusal(
    api.upsert({ collection: "cr_devices", key: "cr_serial='A%2FB'", data: { cr_name: "x" } }),
  );
  assert.equal(error.status, 400);
  assert.equal((await tenant.rows("cr_devices")).length, 3);
});

scenario("a lookup is bound by the alternate key of its target", async ({ api, tenant }) => {
  await api.update({
    collection: "cr_devices",
    key: SENSOR,
    data: { "cr_Parent@odata.bind": "cr_devices(cr_serial='SN-2')" },
  });
  assert.equal((await tenant.row("cr_devices", SENSOR))._cr_parent_value, VALVE);
});

scenario("a task is about a row, is found by it and completed", async ({ api }) => {
  const id = await api.create({
    collection: "tasks",
    data: { subject: "Call", "regardingobjectid_account_task@odata.bind": `/accounts(${ADATUM})` },
  });
  const filter = `_regardingobjectid_value eq ${ADATUM} and statecode eq 0`;
  const open = () => api.retrieveMultiple({ collection: "tasks", select: ["subject"], filter });
  assert.deepEqual(
    (await open()).value.map((row) => row.subject),
    ["Call"],
  );
  await api.update({ collection: "tasks", key: id, data: { statecode: 1, statuscode: 5 } });
  assert.deepEqual((await open()).value, []);
});

scenario("a note is kept with the row that it is about", async ({ api }) => {
  await api.create({
    collection: "annotations",
    data: {
      subject: "Note",
      notetext: "Remember",
      "objectid_account@odata.bind": `/accounts(${CONTOSO})`,
    },
  });
  const { value } = await api.retrieveMultiple({
    collection: "annotations",
    select: ["notetext", "_objectid_value"],
    filter: `_objectid_value eq ${CONTOSO}`,
    includeAnnotations: "*",
  });
  assert.deepEqual(
    value.map((row) => [row.notetext, row[`_objectid_value${FORMATTED}`]]),
    [["Remember", "Contoso"]],
  );
});

scenario("rows of many to many are found by a condition on the other side", async ({ api }) => {
  const lead = await api.create({ collection: "leads", data: { subject: "x", lastname: "Li" } });
  await api.create({ collection: "leads", data: { subject: "y", lastname: "Wu" } });
  await api.associate({
    collection: "leads",
    primaryKey: lead,
    relationshipName: "contactleads_association",
    relatedCollection: "contacts",
    relatedKey: BERT,
  });
  const { value } = await api.retrieveMultiple({
    collection: "leads",
    select: ["lastname"],
    filter: "contactleads_association/any(c:c/lastname eq 'O''Hara')",
  });
  assert.deepEqual(
    value.map((row) => row.lastname),
    ["Li"],
  );
});

scenario("a table tells whether it takes many rows at once", async ({ api }) => {
  const ask = async (table) => {
    const { value } = await api.retrieveMultiple({
      collection: "sdkmessagefilters",
      select: ["sdkmessagefilterid"],
      filter: `sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq '${table}'`,
    });
    return value.length;
  };
  assert.deepEqual([await ask("account"), await ask("nosuch")], [1, 0]);
});

scenario("labels of choices are rows of stringmaps", async ({ api }) => {
  const { value } = await api.retrieveMultiple({
    collection: "stringmaps",
    select: ["value", "attributevalue"],
    filter: "objecttypecode eq 'cr_device' and attributename eq 'cr_color'",
    orderBy: ["displayorder"],
  });
  assert.deepEqual(
    value.map((row) => [row.attributevalue, row.value]),
    [
      [1, "Red"],
      [2, "Green"],
      [3, "Dark Blue"],
    ],
  );
});

scenario("a lookup to a deleted row is emptied", async ({ api, tenant }) => {
  await api.deleteRecord({ collection: "contacts", key: ANNA });
  assert.equal((await tenant.row("accounts", ADATUM))._primarycontactid_value, null);
});

scenario("a change of the state brings the first reason of that state", async ({ api }) => {
  const row = await api.update({
    collection: "accounts",
    key: CONTOSO,
    data: { statecode: 1 },
    returnRepresentation: true,
    select: ["statecode", "statuscode"],
  });
  assert.deepEqual([row.statecode, row.statuscode], [1, 2]);
});

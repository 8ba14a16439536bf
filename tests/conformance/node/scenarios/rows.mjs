import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import { ADATUM, ANNA, CONTOSO, NOTHING, PUMP, SENSOR, VALVE } from "../tenant.mjs";

scenario("a created row is found under the returned id", async ({ api, tenant }) => {
  const id = await api.create({ collection: "accounts", data: { name: "Litware" } });
  assert.equal((await tenant.row("accounts", id)).name, "Litware");
});

scenario("a created row comes back when its representation is asked for", async ({ api }) => {
  const row = await api.create({
    collection: "accounts",
    data: { name: "Litware", creditlimit: 5 },
    returnRepresentation: true,
    select: ["name", "creditlimit"],
  });
  assert.equal(row.name, "Litware");
  assert.equal(row.creditlimit, 5);
  assert.match(row["@odata.etag"], /^W\/"\d+"$/);
  assert.equal(row.telephone1, undefined);
});

scenario("a row is created with everything nested in it", async ({ api, tenant }) => {
  const id = await api.create({
    collection: "cr_devices",
    data: {
      cr_name: "Boiler",
      cr_Customer_account: { name: "Litware" },
      cr_device_readings: [{ cr_name: "one" }, { cr_name: "two" }],
    },
  });
  const readings = (await tenant.rows("cr_readings")).filter((row) => row._cr_device_value === id);
  assert.deepEqual(readings.map((row) => row.cr_name).sort(), ["one", "two"]);
  const boiler = await tenant.row("cr_devices", id);
  assert.equal((await tenant.row("accounts", boiler._cr_customer_value)).name, "Litware");
});

scenario("a nested row that is refused takes its parent with it", async ({ api, tenant }) => {
  const error = await refusal(
    api.create({
      collection: "cr_devices",
      data: { cr_name: "Boiler", cr_device_readings: [{ cr_name: "x".repeat(101) }] },
    }),
  );
  assert.equal(error.status, 400);
  assert.equal(error.code, "0x80044331");
  assert.deepEqual(await tenant.names("cr_devices", "cr_name"), ["Pump", "Sensor 100%", "Valve"]);
});

scenario("a lookup is bound by an address the client makes absolute", async ({ api, tenant }) => {
  const id = await api.create({
    collection: "cr_devices",
    data: { cr_name: "Child", "cr_Parent@odata.bind": `cr_devices(${PUMP})` },
  });
  assert.equal((await tenant.row("cr_devices", id))._cr_parent_value, PUMP);
});

scenario("an update changes only the columns it names", async ({ api, tenant }) => {
  await api.update({ collection: "accounts", key: ADATUM, data: { telephone1: "999" } });
  const row = await tenant.row("accounts", ADATUM);
  assert.deepEqual([row.telephone1, row.address1_city], ["999", "Redmond"]);
});

scenario("an updated row comes back when asked for", async ({ api }) => {
  const row = await api.update({
    collection: "accounts",
    key: ADATUM,
    data: { telephone1: "999" },
    returnRepresentation: true,
    select: ["telephone1"],
  });
  assert.equal(row.telephone1, "999");
  assert.equal(row.accountid, ADATUM);
});

scenario("an update of a missing row is refused and creates nothing", async ({ api, tenant }) => {
  const error = await refusal(
    api.update({ collection: "accounts", key: NOTHING, data: { name: "Ghost" } }),
  );
  assert.equal(error.status, 404);
  assert.equal(error.code, "0x80040217");
  assert.equal(await tenant.row("accounts", NOTHING), undefined);
});

scenario("a stale etag stops an update", async ({ connect, tenant }) => {
  const api = connect({ propagateErrors: true });
  const { "@odata.etag": etag } = await api.retrieve({ collection: "accounts", key: ADATUM });
  await api.update({ collection: "accounts", key: ADATUM, data: { telephone1: "1" } });
  const error = await refusal(
    api.update({
      collection: "accounts",
      key: ADATUM,
      data: { telephone1: "2" },
      ifmatch: etag,
    }),
  );
  assert.equal(error.status, 412);
  assert.equal(error.code, "0x80060882");
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, "1");
});

scenario("a current etag lets an update through", async ({ api, tenant }) => {
  const { "@odata.etag": etag } = await api.retrieve({ collection: "accounts", key: ADATUM });
  await api.update({
    collection: "accounts",
    key: ADATUM,
    data: { telephone1: "2" },
    ifmatch: etag,
  });
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, "2");
});

scenario("a single property is set by itself", async ({ api, tenant }) => {
  await api.updateSingleProperty({
    collection: "accounts",
    key: ADATUM,
    fieldValuePair: { telephone1: "777" },
  });
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, "777");
});

scenario("a single property is emptied by deleting it", async ({ api, tenant }) => {
  await api.deleteRecord({ collection: "accounts", key: ADATUM, property: "address1_city" });
  assert.equal((await tenant.row("accounts", ADATUM)).address1_city, null);
});

scenario("a deleted row is gone", async ({ api, tenant }) => {
  await api.deleteRecord({ collection: "accounts", key: CONTOSO });
  assert.deepEqual(await tenant.names("accounts"), ["Adatum", "Fabrikam"]);
});

scenario(
  "a stale etag stops a deletion, which the client reports as false",
  async ({ api, tenant }) => {
    const { "@odata.etag": etag } = await api.retrieve({ collection: "accounts", key: CONTOSO });
    await api.update({ collection: "accounts", key: CONTOSO, data: { telephone1: "1" } });
    const deleted = await api.deleteRecord({ collection: "accounts", key: CONTOSO, ifmatch: etag });
    assert.equal(deleted, false);
    assert.ok(await tenant.row("accounts", CONTOSO));
  },
);

scenario("an upsert creates what is missing", async ({ api, tenant }) => {
  await api.upsert({ collection: "accounts", key: NOTHING, data: { name: "Made" } });
  assert.equal((await tenant.row("accounts", NOTHING)).name, "Made");
});

scenario("an upsert changes what is there", async ({ api, tenant }) => {
  await api.upsert({ collection: "accounts", key: ADATUM, data: { telephone1: "3" } });
  assert.deepEqual(await tenant.names("accounts"), ["Adatum", "Contoso", "Fabrikam"]);
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, "3");
});

scenario(
  "an upsert that must not update is stopped, which the client reports as null",
  async ({ api, tenant }) => {
    const answer = await api.upsert({
      collection: "accounts",
      key: ADATUM,
      data: { name: "Changed" },
      ifnonematch: "*",
    });
    assert.equal(answer, null);
    assert.equal((await tenant.row("accounts", ADATUM)).name, "Adatum");
  },
);

scenario(
  "an upsert that must not create is stopped, which the client reports as null",
  async ({ api, tenant }) => {
    const answer = await api.upsert({
      collection: "accounts",
      key: NOTHING,
      data: { name: "Made" },
      ifmatch: "*",
    });
    assert.equal(answer, null);
    assert.equal(await tenant.row("accounts", NOTHING), undefined);
  },
);

scenario("an upsert tells with its representation what it made", async ({ api }) => {
  const row = await api.upsert({
    collection: "cr_devices",
    key: "cr_serial='SN-77'",
    data: { cr_name: "Fan" },
    returnRepresentation: true,
  });
  assert.deepEqual([row.cr_name, row.cr_serial], ["Fan", "SN-77"]);
});

scenario(
  "a row is retrieved, changed and deleted by its alternate key",
  async ({ api, tenant }) => {
    const found = await api.retrieve({
      collection: "cr_devices",
      key: "cr_site='North',cr_number=2",
      select: ["cr_name"],
    });
    assert.equal(found.cr_name, "Valve");
    await api.update({ collection: "cr_devices", key: "cr_serial='SN-2'", data: { cr_count: 9 } });
    assert.equal((await tenant.row("cr_devices", VALVE)).cr_count, 9);
    await api.deleteRecord({ collection: "cr_devices", key: "cr_serial='SN-2'" });
    assert.equal(await tenant.row("cr_devices", VALVE), undefined);
  },
);

scenario("an unchanged row is not sent again", async ({ api }) => {
  const { "@odata.etag": etag } = await api.retrieve({ collection: "accounts", key: ADATUM });
  const again = await api.retrieve({ collection: "accounts", key: ADATUM, ifnonematch: etag });
  assert.equal(again, undefined);
  await api.update({ collection: "accounts", key: ADATUM, data: { telephone1: "1" } });
  const changed = await api.retrieve({ collection: "accounts", key: ADATUM, ifnonematch: etag });
  assert.equal(changed.telephone1, "1");
});

scenario("a row is reached along a navigation property", async ({ api }) => {
  const contact = await api.retrieve({
    collection: "accounts",
    key: ADATUM,
    navigationProperty: "primarycontactid",
    select: ["fullname"],
  });
  assert.equal(contact.contactid, ANNA);
  assert.equal(contact.fullname, "Anna Weiler");
});

scenario("related rows are expanded with options of their own", async ({ api }) => {
  const row = await api.retrieve({
    collection: "cr_devices",
    key: PUMP,
    select: ["cr_name"],
    expand: [
      { property: "cr_device_readings", select: ["cr_name"], filter: "cr_value gt 10" },
      { property: "cr_device_children", select: ["cr_name"], orderBy: ["cr_name desc"], top: 1 },
    ],
  });
  assert.deepEqual(
    row.cr_device_readings.map((one) => one.cr_name),
    ["warm"],
  );
  assert.deepEqual(
    row.cr_device_children.map((one) => one.cr_name),
    ["Valve"],
  );
});

scenario("the bind of a null empties a lookup", async ({ api, tenant }) => {
  await api.update({
    collection: "cr_devices",
    key: SENSOR,
    data: { "cr_Parent@odata.bind": null },
  });
  assert.equal((await tenant.row("cr_devices", SENSOR))._cr_parent_value, null);
});

import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import { ADATUM, ANNA, CONTOSO, FABRIKAM, NOTHING, PUMP } from "../tenant.mjs";

scenario("answers of a batch come in the order of its requests", async ({ api }) => {
  api.startBatch();
  api.retrieve({ collection: "accounts", key: ADATUM, select: ["name"] });
  api.retrieveMultiple({ collection: "contacts", select: ["lastname"], orderBy: ["lastname"] });
  api.count({ collection: "cr_devices" });
  const [account, contacts, devices] = await api.executeBatch();
  assert.equal(account.name, "Adatum");
  assert.deepEqual(
    contacts.value.map((row) => row.lastname),
    ["O'Hara", "Weiler"],
  );
  assert.equal(devices, 3);
});

scenario(
  "writes of a batch share one change set and their ids come back",
  async ({ api, tenant }) => {
    api.startBatch();
    api.create({ collection: "accounts", data: { name: "One" } });
    api.create({ collection: "accounts", data: { name: "Two" } });
    const [one, two] = await api.executeBatch();
    assert.equal((await tenant.row("accounts", one)).name, "One");
    assert.equal((await tenant.row("accounts", two)).name, "Two");
  },
);

scenario("one error in a change set undoes it whole", async ({ api, tenant }) => {
  const before = await tenant.text("GET", "snapshot");
  api.startBatch();
  api.create({ collection: "accounts", data: { name: "One" } });
  api.update({ collection: "accounts", key: ADATUM, data: { telephone1: "1" } });
  api.deleteRecord({ collection: "accounts", key: NOTHING });
  const [failed] = await refusal(api.executeBatch());
  assert.deepEqual([failed.status, failed.error.code], [404, "0x80040217"]);
  assert.equal(await tenant.text("GET", "snapshot"), before);
});

scenario("a row made in a change set is bound by its content id", async ({ api, tenant }) => {
  api.startBatch();
  api.create({ collection: "cr_devices", data: { cr_name: "Boiler" }, contentId: "1" });
  api.create({
    collection: "cr_devices",
    data: { cr_name: "Burner", "cr_Parent@odata.bind": "$1" },
  });
  const [boiler, burner] = await api.executeBatch();
  assert.equal((await tenant.row("cr_devices", burner))._cr_parent_value, boiler);
});

scenario(
  "a row made in a change set gets a child under its content id",
  async ({ api, tenant }) => {
    api.startBatch();
    api.create({ collection: "cr_devices", data: { cr_name: "Boiler" }, contentId: "1" });
    api.create({ collection: "cr_device_readings", data: { cr_name: "first" }, contentId: "$1" });
    const [boiler] = await api.executeBatch();
    const [reading] = (await tenant.rows("cr_readings")).filter((row) => row.cr_name === "first");
    assert.equal(reading._cr_device_value, boiler);
  },
);

scenario("a lookup is set by reference inside a change set", async ({ api, tenant }) => {
  api.startBatch();
  api.create({ collection: "cr_devices", data: { cr_name: "Boiler" }, contentId: "1" });
  api.associateSingleValued({
    contentId: "$1",
    navigationProperty: "cr_Customer_contact",
    relatedCollection: "contacts",
    relatedKey: ANNA,
  });
  const [boiler] = await api.executeBatch();
  assert.equal((await tenant.row("cr_devices", boiler))._cr_customer_value, ANNA);
});

scenario(
  "requests outside a change set keep what went before an error",
  async ({ api, tenant }) => {
    api.startBatch();
    api.create({ collection: "accounts", data: { name: "Before" }, inChangeSet: false });
    api.update({
      collection: "accounts",
      key: NOTHING,
      data: { name: "Ghost" },
      inChangeSet: false,
    });
    api.create({ collection: "accounts", data: { name: "After" }, inChangeSet: false });
    await refusal(api.executeBatch());
    assert.deepEqual(await tenant.names("accounts"), ["Adatum", "Before", "Contoso", "Fabrikam"]);
  },
);

scenario("a batch goes on after errors when told to", async ({ api, tenant }) => {
  api.startBatch();
  api.create({ collection: "accounts", data: { name: "Before" }, inChangeSet: false });
  api.retrieve({ collection: "accounts", key: NOTHING });
  api.create({ collection: "accounts", data: { name: "After" }, inChangeSet: false });
  const [before, missing, after] = await api.executeBatch({ continueOnError: true });
  assert.deepEqual([missing.status, missing.error.code], [404, "0x80040217"]);
  assert.equal((await tenant.row("accounts", before)).name, "Before");
  assert.equal((await tenant.row("accounts", after)).name, "After");
  assert.deepEqual(await tenant.names("accounts"), [
    "Adatum",
    "After",
    "Before",
    "Contoso",
    "Fabrikam",
  ]);
});

scenario("a read between writes parts them into two change sets", async ({ api, tenant }) => {
  api.startBatch();
  api.update({ collection: "accounts", key: ADATUM, data: { telephone1: "1" } });
  api.retrieve({ collection: "accounts", key: ADATUM, select: ["telephone1"] });
  api.update({ collection: "accounts", key: ADATUM, data: { telephone1: "x".repeat(51) } });
  await refusal(api.executeBatch());
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, "1");
});

scenario("a representation inside a change set shows the row", async ({ api }) => {
  api.startBatch();
  api.create({
    collection: "accounts",
    data: { name: "One" },
    returnRepresentation: true,
    select: ["name"],
  });
  const [row] = await api.executeBatch();
  assert.equal(row.name, "One");
});

scenario("conditions hold inside a batch", async ({ api, tenant }) => {
  const { "@odata.etag": etag } = await api.retrieve({ collection: "accounts", key: CONTOSO });
  await api.update({ collection: "accounts", key: CONTOSO, data: { telephone1: "1" } });
  api.startBatch();
  api.update({ collection: "accounts", key: FABRIKAM, data: { telephone1: "2" } });
  api.deleteRecord({ collection: "accounts", key: CONTOSO, ifmatch: etag });
  const [failed] = await refusal(api.executeBatch());
  assert.deepEqual([failed.status, failed.error.code], [412, "0x80060882"]);
  assert.deepEqual(await tenant.names("accounts"), ["Adatum", "Contoso", "Fabrikam"]);
  assert.equal((await tenant.row("accounts", FABRIKAM)).telephone1, null);
});

scenario("text with any sign goes through a batch unharmed", async ({ api, tenant }) => {
  const text = "--batch\r\nContent-ID: 1\r\n\r\n{\"a\":'1'} ☃ ünï";
  api.startBatch();
  api.update({ collection: "cr_devices", key: PUMP, data: { cr_note: text } });
  await api.executeBatch();
  assert.equal((await tenant.row("cr_devices", PUMP)).cr_note, text);
});

scenario("functions are called inside a batch", async ({ api }) => {
  api.startBatch();
  api.callFunction("WhoAmI");
  api.callFunction("RetrieveVersion");
  const [who, version] = await api.executeBatch();
  assert.match(who.UserId, /^[0-9a-f-]{36}$/);
  assert.match(version.Version, /^9\.2\./);
});

scenario(
  "a row that comes back as representation cannot be referred to",
  async ({ api, tenant }) => {
    api.startBatch();
    api.create({
      collection: "cr_devices",
      data: { cr_name: "Boiler" },
      contentId: "1",
      returnRepresentation: true,
    });
    api.create({
      collection: "cr_devices",
      data: { cr_name: "Burner", "cr_Parent@odata.bind": "$1" },
    });
    const [failed] = await refusal(api.executeBatch());
    assert.match(failed.error.message, /Content-ID Reference: '\$1' does not exist/);
    assert.equal((await tenant.rows("cr_devices")).length, 3);
  },
);

scenario("children are put under parents made in the same change set", async ({ api, tenant }) => {
  api.startBatch();
  api.create({ collection: "cr_devices", data: { cr_name: "Boiler" }, contentId: "1" });
  api.create({ collection: "cr_readings", data: { cr_name: "first" }, contentId: "2" });
  api.associate({
    contentId: "$1",
    relationshipName: "cr_device_readings",
    relatedKey: "$2",
  });
  const [boiler, reading] = await api.executeBatch();
  assert.equal((await tenant.row("cr_readings", reading))._cr_device_value, boiler);
});

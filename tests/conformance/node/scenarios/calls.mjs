import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import {
  ADATUM,
  ANNA,
  BERT,
  CONTOSO,
  NOTHING,
  PUMP,
  SECOND_USER,
  SECOND_USER_OBJECT,
  SENSOR,
  VALVE,
  COLD,
  HOT,
} from "../tenant.mjs";

const READY = 192350004;
const ACTUAL = "f0000000-0000-4000-8000-000000000001";

scenario("the caller learns who it is", async ({ api, tenant }) => {
  const who = await api.callFunction("WhoAmI");
  const users = await tenant.rows("systemusers");
  assert.ok(users.some((user) => user.systemuserid === who.UserId));
  assert.match(who.OrganizationId, /^[0-9a-f-]{36}$/);
  assert.match(who.BusinessUnitId, /^[0-9a-f-]{36}$/);
});

scenario("the organisation tells its version", async ({ api }) => {
  const { Version } = await api.callFunction({ name: "RetrieveVersion" });
  assert.match(Version, /^9\.2\.\d+\.\d+$/);
});

scenario("the total number of rows of tables is a function with parameters", async ({ api }) => {
  const answer = await api.callFunction({
    name: "RetrieveTotalRecordCount",
    parameters: { EntityNames: ["account", "contact"] },
  });
  const { Keys, Values } = answer.EntityRecordCountCollection;
  assert.deepEqual(Object.fromEntries(Keys.map((key, i) => [key, Values[i]])), {
    account: 3,
    contact: 2,
  });
});

scenario("a function that is not offered is refused by name", async ({ api }) => {
  const error = await refusal(api.callFunction("RetrieveDuplicates"));
  assert.equal(error.status, 501);
  assert.match(error.message, /'RetrieveDuplicates'/);
});

scenario("an action that is not offered is refused by name", async ({ api }) => {
  const error = await refusal(
    api.callAction({ actionName: "WinOpportunity", action: { Status: 3 } }),
  );
  assert.equal(error.status, 501);
  assert.match(error.message, /'WinOpportunity'/);
});

scenario("a bound action that is not offered is refused by name", async ({ api }) => {
  const error = await refusal(
    api.callAction({
      collection: "accounts",
      key: ADATUM,
      actionName: "Microsoft.Dynamics.CRM.AddToQueue",
    }),
  );
  assert.equal(error.status, 501);
  assert.match(error.message, /'AddToQueue'/);
});

scenario(
  "an action of Project Operations marks an actual ready to invoice",
  async ({ api, tenant }) => {
    await api.callAction({
      actionName: "msdyn_MarkActualReadyToInvoiceOrNot",
      action: { ActualIds: ACTUAL, ReadyToInvoice: true },
    });
    const [actual] = await tenant.rows("msdyn_actuals");
    assert.equal(actual.msdyn_billingstatus, READY);
  },
);

scenario(
  "a direct change of an actual's billing status is refused as by a plug-in",
  async ({ api, tenant }) => {
    const error = await refusal(
      api.update({
        collection: "msdyn_actuals",
        key: ACTUAL,
        data: { msdyn_billingstatus: READY },
      }),
    );
    assert.equal(error.status, 400);
    assert.equal(error.code, "0x80040265");
    const [actual] = await tenant.rows("msdyn_actuals");
    assert.notEqual(actual.msdyn_billingstatus, READY);
  },
);

scenario("many rows are created by the action bound to their set", async ({ api, tenant }) => {
  const answer = await api.callAction({
    collection: "accounts",
    actionName: "Microsoft.Dynamics.CRM.CreateMultiple",
    action: {
      Targets: ["One", "Two"].map((name) => ({
        "@odata.type": "Microsoft.Dynamics.CRM.account",
        name,
      })),
    },
  });
  assert.equal(answer.Ids.length, 2);
  assert.equal((await tenant.row("accounts", answer.Ids[1])).name, "Two");
});

scenario(
  "many rows are changed and made by key through the action bound to their set",
  async ({ connect, tenant }) => {
    const api = connect({ disableODataIdAbsoluteUrl: true });
    const type = { "@odata.type": "Microsoft.Dynamics.CRM.cr_device" };
    await api.callAction({
      collection: "cr_devices",
      actionName: "Microsoft.Dynamics.CRM.UpsertMultiple",
      action: {
        Targets: [
          { ...type, "@odata.id": "cr_devices(cr_serial='SN-1')", cr_count: 77 },
          { ...type, "@odata.id": "cr_devices(cr_serial='SN-9')", cr_name: "Fan" },
        ],
      },
    });
    assert.equal((await tenant.row("cr_devices", PUMP)).cr_count, 77);
    assert.deepEqual(await tenant.names("cr_devices", "cr_name"), [
      "Fan",
      "Pump",
      "Sensor 100%",
      "Valve",
    ]);
  },
);

scenario("targets without a type are refused", async ({ api, tenant }) => {
  const error = await refusal(
    api.callAction({
      collection: "accounts",
      actionName: "Microsoft.Dynamics.CRM.CreateMultiple",
      action: { Targets: [{ name: "One" }] },
    }),
  );
  assert.equal(error.status, 400);
  assert.match(error.message, /@odata\.type/);
  assert.equal((await tenant.rows("accounts")).length, 3);
});

scenario("deleting many rows at once is refused as on standard tables", async ({ api, tenant }) => {
  const error = await refusal(
    api.callAction({
      collection: "accounts",
      actionName: "Microsoft.Dynamics.CRM.DeleteMultiple",
      action: { Targets: [{ "@odata.type": "Microsoft.Dynamics.CRM.account", accountid: ADATUM }] },
    }),
  );
  assert.match(error.message, /DeleteMultiple has not yet been implemented/);
  assert.equal((await tenant.rows("accounts")).length, 3);
});

scenario("a child is put into a collection by reference", async ({ api, tenant }) => {
  await api.associate({
    collection: "cr_devices",
    primaryKey: SENSOR,
    relationshipName: "cr_device_readings",
    relatedCollection: "cr_readings",
    relatedKey: COLD,
  });
  assert.equal((await tenant.row("cr_readings", COLD))._cr_device_value, SENSOR);
});

scenario("a child is taken out of a collection by reference", async ({ api, tenant }) => {
  await api.disassociate({
    collection: "cr_devices",
    primaryKey: VALVE,
    relationshipName: "cr_device_readings",
    relatedKey: HOT,
  });
  assert.equal((await tenant.row("cr_readings", HOT))._cr_device_value, null);
});

scenario("a lookup is set by reference", async ({ api, tenant }) => {
  await api.associateSingleValued({
    collection: "cr_devices",
    primaryKey: SENSOR,
    navigationProperty: "cr_Customer_contact",
    relatedCollection: "contacts",
    relatedKey: BERT,
  });
  assert.equal((await tenant.row("cr_devices", SENSOR))._cr_customer_value, BERT);
});

scenario("a lookup is emptied by deleting its reference", async ({ api, tenant }) => {
  await api.disassociateSingleValued({
    collection: "accounts",
    primaryKey: ADATUM,
    navigationProperty: "primarycontactid",
  });
  assert.equal((await tenant.row("accounts", ADATUM))._primarycontactid_value, null);
  assert.ok(await tenant.row("contacts", ANNA));
});

scenario("a reference to a row that is not there is refused", async ({ api, tenant }) => {
  const error = await refusal(
    api.associateSingleValued({
      collection: "accounts",
      primaryKey: ADATUM,
      navigationProperty: "primarycontactid",
      relatedCollection: "contacts",
      relatedKey: NOTHING,
    }),
  );
  assert.equal(error.status, 404);
  assert.equal((await tenant.row("accounts", ADATUM))._primarycontactid_value, ANNA);
});

scenario("a child is created through the collection of its parent", async ({ api, tenant }) => {
  await api.create({
    collection: "cr_devices",
    key: SENSOR,
    navigationProperty: "cr_device_readings",
    data: { cr_name: "made below" },
  });
  const [made] = (await tenant.rows("cr_readings")).filter((row) => row.cr_name === "made below");
  assert.equal(made._cr_device_value, SENSOR);
});

scenario("a row written on behalf of another user carries that user", async ({ api, tenant }) => {
  const id = await api.create({
    collection: "cr_devices",
    data: { cr_name: "Theirs" },
    impersonate: SECOND_USER,
  });
  const row = await tenant.row("cr_devices", id);
  assert.equal(row._createdby_value, SECOND_USER);
  assert.equal(row._ownerid_value, SECOND_USER);
});

scenario("a user is also named by the object id of the directory", async ({ api }) => {
  const who = await api.callFunction({ name: "WhoAmI", impersonateAAD: SECOND_USER_OBJECT });
  assert.equal(who.UserId, SECOND_USER);
});

scenario(
  "headers that bypass logic and switch detection on are accepted",
  async ({ api, tenant }) => {
    const id = await api.create({
      collection: "accounts",
      data: { name: "Unlike any other" },
      bypassCustomPluginExecution: true,
      duplicateDetection: true,
      noCache: true,
      headers: {
        "MSCRM.BypassBusinessLogicExecution": "CustomSync,CustomAsync",
        "MSCRM.SuppressCallbackRegistrationExpanderJob": "true",
      },
    });
    assert.equal((await tenant.row("accounts", id)).name, "Unlike any other");
  },
);

scenario("a tag and a partition are taken without being read", async ({ api, tenant }) => {
  const id = await api.create({
    collection: "accounts",
    data: { name: "Tagged" },
    tag: "migration",
    partitionId: "p",
  });
  assert.equal((await tenant.row("accounts", id)).name, "Tagged");
});

scenario("money and decimals arrive digit for digit", async ({ api, tenant }) => {
  await api.update({
    collection: "cr_devices",
    key: PUMP,
    data: { cr_price: 123456789.0123, cr_quantity: 0.0000000001 },
  });
  const text = await tenant.text("GET", "snapshot");
  assert.match(text, /"cr_price": ?123456789\.0123\b/);
  assert.match(text, /"cr_quantity": ?0\.0000000001\b/);
});

scenario("a request without a token is not authenticated", async ({ connect }) => {
  const error = await refusal(connect({ onTokenRefresh: undefined }).callFunction("WhoAmI"));
  assert.equal(error.status, 401);
  assert.equal(error.code, "0x80044302");
});

scenario("the service limit reaches the caller with its waiting time", async ({ api, tenant }) => {
  await tenant.json("POST", "faults", {
    kind: "status",
    method: "POST",
    status: 429,
    code: "0x80072322",
    retry_after: 3,
  });
  const error = await refusal(api.create({ collection: "accounts", data: { name: "Limited" } }));
  assert.equal(error.status, 429);
  assert.equal(error.code, "0x80072322");
  assert.equal(error.headers["retry-after"] ?? error.headers["Retry-After"], "3");
  assert.equal((await tenant.rows("accounts")).length, 3);
});

scenario("a row that is referred to by its duplicate key is refused", async ({ api }) => {
  const error = await refusal(
    api.create({ collection: "cr_devices", data: { cr_name: "Twin", cr_serial: "SN-1" } }),
  );
  assert.equal(error.status, 412);
  assert.equal(error.code, "0x80060892");
});

scenario("a misspelt navigation property is refused in the documented words", async ({ api }) => {
  const error = await refusal(
    api.update({
      collection: "cr_devices",
      key: PUMP,
      data: { "cr_parent@odata.bind": `/cr_devices(${VALVE})` },
    }),
  );
  assert.equal(error.status, 400);
  assert.equal(error.code, "0x80048d19");
  assert.match(
    error.message,
    /An undeclared property 'cr_parent' which only has property annotations/,
  );
});

scenario("a row of another table cannot be bound", async ({ api, tenant }) => {
  const error = await refusal(
    api.update({
      collection: "accounts",
      key: ADATUM,
      data: { "primarycontactid@odata.bind": `/accounts(${CONTOSO})` },
    }),
  );
  assert.equal(error.status, 400);
  assert.equal((await tenant.row("accounts", ADATUM))._primarycontactid_value, ANNA);
});

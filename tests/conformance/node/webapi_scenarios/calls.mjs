import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import { ADATUM, ANNA, CONTOSO, NOTHING, SECOND_USER } from "../tenant.mjs";

scenario("a function without parameters is called", async ({ api, config }) => {
  const answer = await api.unboundFunction(config(), "WhoAmI");
  assert.match(answer.UserId, /^[0-9a-f-]{36}$/);
  assert.match(answer["@odata.context"], /#Microsoft\.Dynamics\.CRM\.WhoAmIResponse$/);
});

scenario("a function takes its parameters by alias", async ({ api, config }) => {
  const answer = await api.unboundFunction(config(), "RetrieveTotalRecordCount", [
    { name: "EntityNames", alias: "names", value: "['account','contact']" },
  ]);
  const { Keys, Values } = answer.EntityRecordCountCollection;
  assert.deepEqual(Object.fromEntries(Keys.map((key, at) => [key, Values[at]])), {
    account: 3,
    contact: 2,
  });
});

scenario("a function of a row tells what a user may do with it", async ({ api, config }) => {
  const answer = await api.boundFunction(
    config(),
    "systemusers",
    SECOND_USER,
    "RetrievePrincipalAccess",
    [{ name: "Target", alias: "t", value: `{'@odata.id':'accounts(${ADATUM})'}` }],
  );
  assert.match(answer.AccessRights, /ReadAccess/);
});

scenario("a function that no service has is not found", async ({ api, config }) => {
  const error = await refusal(api.unboundFunction(config(), "NoSuchFunction"));
  assert.equal(error.code, "0x8006088a");
});

scenario("an action of a row is carried out", async ({ api, config, tenant }) => {
  const answer = await api.boundAction(
    config(),
    "accounts",
    ADATUM,
    "GrantAccess",
    undefined,
  ).catch((error) => error);
  assert.match(answer.message, /GrantAccess/);
  assert.equal((await tenant.rows("accounts")).length, 3);
});

scenario("an action without a row is carried out", async ({ api, config }) => {
  const mask = { AccessMask: "ReadAccess" };
  const user = { "@odata.type": "Microsoft.Dynamics.CRM.systemuser", systemuserid: SECOND_USER };
  const target = { "@odata.type": "Microsoft.Dynamics.CRM.account", accountid: ADATUM };
  await api.unboundAction(config(), "GrantAccess", {
    Target: target,
    PrincipalAccess: { ...mask, Principal: user },
  });
  const shared = await api.unboundFunction(
    config(),
    "RetrieveSharedPrincipalsAndAccess",
    [{ name: "Target", alias: "t", value: `{'@odata.id':'accounts(${ADATUM})'}` }],
  );
  assert.deepEqual(
    shared.PrincipalAccesses.map((one) => [one.Principal.ownerid, one.AccessMask]),
    [[SECOND_USER, "ReadAccess"]],
  );
});

scenario("an action that no service has is not found", async ({ api, config }) => {
  const error = await refusal(api.unboundAction(config(), "NoSuchAction", {}));
  assert.equal(error.code, "0x8006088a");
});

scenario("a batch writes in one change set and reads beside it", async ({
  api,
  config,
  tenant,
}) => {
  const results = await api.batchOperation(
    config(),
    "one",
    "two",
    [
      { method: "POST", queryString: "accounts", entity: { name: "Litware" } },
      { method: "PATCH", queryString: `accounts(${ADATUM})`, entity: { telephone1: "9" } },
    ],
    [`accounts(${CONTOSO})?$select=name`],
  );
  assert.deepEqual(results.map((one) => one.httpStatus), [204, 204, 200]);
  assert.deepEqual(results.map((one) => one.contentId), ["1", "2", undefined]);
  assert.equal((await tenant.row("accounts", results[0].entityId)).name, "Litware");
  assert.equal((await tenant.row("accounts", ADATUM)).telephone1, "9");
  assert.equal(results[2].data.name, "Contoso");
});

scenario("a later part of a change set refers to an earlier one", async ({
  api,
  config,
  tenant,
}) => {
  const results = await api.batchOperation(
    config(),
    "one",
    "two",
    [
      { method: "POST", queryString: "accounts", entity: { name: "Litware" } },
      {
        method: "PATCH",
        queryString: `contacts(${ANNA})`,
        entity: { "parentcustomerid_account@odata.bind": "$1" },
      },
    ],
    [],
  );
  const anna = await tenant.row("contacts", ANNA);
  assert.equal(anna._parentcustomerid_value, results[0].entityId);
});

scenario("a change set that fails leaves nothing behind", async ({ api, config, tenant }) => {
  const error = await refusal(
    api.batchOperation(
      config(),
      "one",
      "two",
      [
        { method: "POST", queryString: "accounts", entity: { name: "Litware" } },
        { method: "PATCH", queryString: `accounts(${ADATUM})`, entity: { nosuch: "9" } },
      ],
      [],
    ),
  );
  assert.equal(error.code, "0x80048d19");
  assert.deepEqual(await tenant.names("accounts"), ["Adatum", "Contoso", "Fabrikam"]);
});

scenario("a read that fails does so with the words of the service", async ({ api, config }) => {
  const error = await refusal(
    api.batchOperation(config(), "one", "two", [], [`accounts(${NOTHING})?$select=name`]),
  );
  assert.equal(error.code, "0x80040217");
});

scenario("a busy service is an error with its code", async ({ api, config, tenant }) => {
  const busy = { kind: "status", status: 429, code: "0x80072322", retry_after: 3 };
  await tenant.json("POST", "faults", busy);
  const error = await refusal(api.retrieveMultiple(config(), "accounts", "$select=name"));
  assert.equal(error.code, "0x80072322");
});

scenario("an answer that is no JSON is an error of the client's own", async ({
  api,
  config,
  tenant,
}) => {
  const page = { kind: "status", status: 503, body: "<html>busy</html>" };
  await tenant.json("POST", "faults", page);
  const error = await refusal(api.retrieveMultiple(config(), "accounts"));
  assert.equal(error.message, "Unexpected Error");
});

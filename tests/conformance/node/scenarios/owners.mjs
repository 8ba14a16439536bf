import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import { ADATUM, ANNA, CONTOSO, SECOND_USER } from "../tenant.mjs";

const CRM = "Microsoft.Dynamics.CRM.";
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";

async function rightsOf(api, user, row) {
  const answer = await api.callFunction({
    collection: "systemusers",
    key: user,
    name: `${CRM}RetrievePrincipalAccess`,
    parameters: { Target: { "@odata.id": row } },
  });
  return answer.AccessRights;
}

scenario("a row is given to another user", async ({ api, tenant }) => {
  await api.update({
    collection: "accounts",
    key: ADATUM,
    data: { "ownerid@odata.bind": `/systemusers(${SECOND_USER})` },
  });
  const row = await tenant.row("accounts", ADATUM);
  assert.equal(row._ownerid_value, SECOND_USER);
  assert.equal(row._owninguser_value, SECOND_USER);
});

scenario("a row is given to a team, which no user owns then", async ({ api, tenant }) => {
  const [unit] = await tenant.rows("businessunits").then(async (rows) =>
    rows.length ? rows : (await api.retrieveMultiple({ collection: "businessunits" })).value,
  );
  const team = await api.create({
    collection: "teams",
    data: { name: "Billing", "businessunitid@odata.bind": `/businessunits(${unit.businessunitid})` },
  });
  await api.update({
    collection: "accounts",
    key: ADATUM,
    data: { "ownerid@odata.bind": `/teams(${team})` },
  });
  const row = await api.retrieve({
    collection: "accounts",
    key: ADATUM,
    select: ["_ownerid_value", "_owninguser_value", "_owningteam_value"],
    includeAnnotations: "*",
  });
  assert.deepEqual([row._ownerid_value, row._owningteam_value], [team, team]);
  assert.equal(row._owninguser_value, null);
  assert.equal(row["_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"], "team");
  assert.equal(row[`_ownerid_value${FORMATTED}`], "Billing");
});

scenario("a row can be owned by users and teams only", async ({ api, tenant }) => {
  const before = (await tenant.row("accounts", ADATUM))._ownerid_value;
  const error = await refusal(
    api.update({
      collection: "accounts",
      key: ADATUM,
      data: { "ownerid@odata.bind": `/contacts(${ANNA})` },
    }),
  );
  assert.equal(error.status, 400);
  assert.equal((await tenant.row("accounts", ADATUM))._ownerid_value, before);
});

scenario("creator and owner are expanded", async ({ api }) => {
  const id = await api.create({
    collection: "accounts",
    data: { name: "Litware" },
    impersonate: SECOND_USER,
  });
  const row = await api.retrieve({
    collection: "accounts",
    key: id,
    select: ["name"],
    expand: [
      { property: "createdby", select: ["fullname"] },
      { property: "owninguser", select: ["fullname"] },
    ],
  });
  assert.equal(row.createdby.fullname, "Second User");
  assert.equal(row.owninguser.systemuserid, SECOND_USER);
});

scenario("the privileges of a user are listed with their depth", async ({ api }) => {
  const answer = await api.callFunction({
    collection: "systemusers",
    key: SECOND_USER,
    name: `${CRM}RetrieveUserPrivileges`,
  });
  const found = answer.RolePrivileges.find((one) => one.PrivilegeName === "prvReadAccount");
  assert.equal(found.Depth, "Global");
  assert.match(found.PrivilegeId, /^[0-9a-f-]{36}$/);
});

scenario("what a user may do with a row is one text of rights", async ({ api }) => {
  const rights = await rightsOf(api, SECOND_USER, `accounts(${ADATUM})`);
  assert.ok(rights.split(", ").includes("ReadAccess"));
  assert.ok(rights.split(", ").includes("DeleteAccess"));
});

scenario("a row is shared with a user and taken back", async ({ api }) => {
  const target = { [`@odata.type`]: `${CRM}account`, accountid: CONTOSO };
  const user = { "@odata.type": `${CRM}systemuser`, systemuserid: SECOND_USER };
  const shares = async () => {
    const answer = await api.callFunction({
      name: "RetrieveSharedPrincipalsAndAccess",
      parameters: { Target: { "@odata.id": `accounts(${CONTOSO})` } },
    });
    return answer.PrincipalAccesses.map((one) => [one.Principal.ownerid, one.AccessMask]);
  };
  await api.callAction({
    actionName: "GrantAccess",
    action: { Target: target, PrincipalAccess: { AccessMask: "ReadAccess", Principal: user } },
  });
  assert.deepEqual(await shares(), [[SECOND_USER, "ReadAccess"]]);
  await api.callAction({
    actionName: "ModifyAccess",
    action: {
      Target: target,
      PrincipalAccess: { AccessMask: "ReadAccess,WriteAccess", Principal: user },
    },
  });
  assert.deepEqual(await shares(), [[SECOND_USER, "ReadAccess, WriteAccess"]]);
  await api.callAction({
    actionName: "RevokeAccess",
    action: { Target: target, Revokee: user },
  });
  assert.deepEqual(await shares(), []);
});

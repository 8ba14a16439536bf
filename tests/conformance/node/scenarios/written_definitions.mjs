import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import { ADATUM, PUMP } from "../tenant.mjs";

const CRM = "Microsoft.Dynamics.CRM.";
const label = (text) => ({ LocalizedLabels: [{ Label: text, LanguageCode: 1033 }] });
const column = (kind, name, more = {}) => ({
  "@odata.type": `${CRM}${kind}AttributeMetadata`,
  SchemaName: name,
  DisplayName: label(name),
  RequiredLevel: { Value: "None" },
  ...more,
});

function gadget(...columns) {
  return {
    "@odata.type": `${CRM}EntityMetadata`,
    SchemaName: "new_Gadget",
    DisplayName: label("Gadget"),
    DisplayCollectionName: label("Gadgets"),
    OwnershipType: "UserOwned",
    HasActivities: false,
    HasNotes: false,
    Attributes: [column("String", "new_Name", { IsPrimaryName: true, MaxLength: 50 }), ...columns],
  };
}

scenario("a table is created and takes rows", async ({ api, tenant }) => {
  const id = await api.createEntity({ data: gadget(column("Integer", "new_Count")) });
  assert.match(id, /^[0-9a-f-]{36}$/);
  const table = await api.retrieveEntity({ key: id, select: ["LogicalName", "EntitySetName"] });
  assert.deepEqual([table.LogicalName, table.EntitySetName], ["new_gadget", "new_gadgets"]);
  await api.create({ collection: "new_gadgets", data: { new_name: "One", new_count: 1 } });
  const [row] = await tenant.rows("new_gadgets");
  assert.deepEqual([row.new_name, row.new_count], ["One", 1]);
});

scenario("a table of a taken name is refused", async ({ api }) => {
  await api.createEntity({ data: gadget() });
  const error = await refusal(api.createEntity({ data: gadget() }));
  assert.deepEqual([error.status, error.code], [400, "0x80047010"]);
});

scenario("the labels of a table are changed", async ({ api }) => {
  const id = await api.createEntity({ data: gadget() });
  const table = await api.retrieveEntity({ key: id });
  await api.updateEntity({
    data: { ...table, MetadataId: id, DisplayName: label("Widget") },
    mergeLabels: true,
  });
  const again = await api.retrieveEntity({ key: id, select: ["DisplayName"] });
  assert.equal(again.DisplayName.UserLocalizedLabel.Label, "Widget");
});

scenario("a column is created and changed", async ({ api, tenant }) => {
  const table = await api.createEntity({ data: gadget() });
  const id = await api.createAttribute({
    entityKey: table,
    data: column("String", "new_Code", { MaxLength: 3 }),
  });
  const found = await api.retrieveAttribute({
    entityKey: table,
    attributeKey: id,
    castType: `${CRM}StringAttributeMetadata`,
  });
  assert.equal(found.MaxLength, 3);
  await api.updateAttribute({
    entityKey: table,
    castType: `${CRM}StringAttributeMetadata`,
    data: {
      ...found,
      "@odata.type": `${CRM}StringAttributeMetadata`,
      MetadataId: id,
      MaxLength: 9,
    },
  });
  await api.create({ collection: "new_gadgets", data: { new_code: "123456789" } });
  const [row] = await tenant.rows("new_gadgets");
  assert.equal(row.new_code, "123456789");
});

scenario("a relationship is created, used and deleted", async ({ api, tenant }) => {
  await api.createEntity({ data: gadget() });
  const id = await api.createRelationship({
    data: {
      "@odata.type": `${CRM}OneToManyRelationshipMetadata`,
      SchemaName: "new_account_gadgets",
      ReferencedEntity: "account",
      ReferencedAttribute: "accountid",
      ReferencingEntity: "new_gadget",
      CascadeConfiguration: { Assign: "NoCascade", Delete: "RemoveLink" },
      Lookup: column("Lookup", "new_AccountId"),
    },
  });
  await api.create({
    collection: "accounts",
    key: ADATUM,
    navigationProperty: "new_account_gadgets",
    data: { new_name: "below" },
  });
  const [row] = await tenant.rows("new_gadgets");
  assert.equal(row._new_accountid_value, ADATUM);
  await api.deleteRelationship({ key: id });
  const { value } = await api.retrieveRelationships({
    filter: "SchemaName eq 'new_account_gadgets'",
  });
  assert.deepEqual(value, []);
});

scenario("a relationship of many to many is created, used and deleted", async ({ api }) => {
  const id = await api.createRelationship({
    data: {
      "@odata.type": `${CRM}ManyToManyRelationshipMetadata`,
      SchemaName: "new_devices_accounts",
      Entity1LogicalName: "cr_device",
      Entity2LogicalName: "account",
    },
  });
  const pair = {
    collection: "accounts",
    primaryKey: ADATUM,
    relationshipName: "new_devices_accounts",
    relatedCollection: "cr_devices",
    relatedKey: PUMP,
  };
  await api.associate(pair);
  const related = async () => {
    const found = await api.retrieve({
      collection: "accounts",
      key: ADATUM,
      select: ["name"],
      expand: [{ property: "new_devices_accounts", select: ["cr_name"] }],
    });
    return found.new_devices_accounts.map((row) => row.cr_name);
  };
  assert.deepEqual(await related(), ["Pump"]);
  await api.disassociate(pair);
  assert.deepEqual(await related(), []);
  await api.deleteRelationship({ key: id });
  const { value } = await api.retrieveRelationships({
    filter: "SchemaName eq 'new_devices_accounts'",
  });
  assert.deepEqual(value, []);
});

scenario("a global choice is created, used and kept while it is used", async ({ api }) => {
  const id = await api.createGlobalOptionSet({
    data: {
      "@odata.type": `${CRM}OptionSetMetadata`,
      Name: "new_size",
      DisplayName: label("Size"),
      OptionSetType: "Picklist",
      Options: [
        { Value: 1, Label: label("Small") },
        { Value: 2, Label: label("Large") },
      ],
    },
  });
  const table = await api.createEntity({ data: gadget() });
  await api.createAttribute({
    entityKey: table,
    data: column("Picklist", "new_Size", {
      "GlobalOptionSet@odata.bind": `/GlobalOptionSetDefinitions(${id})`,
    }),
  });
  const row = await api.create({
    collection: "new_gadgets",
    data: { new_size: 2 },
    returnRepresentation: true,
    includeAnnotations: "OData.Community.Display.V1.FormattedValue",
  });
  assert.equal(row.new_size_Formatted, "Large");
  const error = await refusal(api.deleteGlobalOptionSet({ key: id }));
  assert.deepEqual([error.status, error.code], [400, "0x80048417"]);
});

scenario("a table that came with the platform cannot be deleted", async ({ api, tenant }) => {
  const { MetadataId } = await api.retrieveEntity({
    key: "LogicalName='account'",
    select: ["LogicalName"],
  });
  const error = await refusal(
    api.deleteRecord({ collection: "EntityDefinitions", key: MetadataId }),
  );
  assert.equal(error.status, 400);
  assert.equal((await tenant.rows("accounts")).length, 3);
});

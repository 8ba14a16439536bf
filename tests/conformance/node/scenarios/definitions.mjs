import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";

const DEVICE = "LogicalName='cr_device'";
const named = (rows, name) => rows.find((row) => row.LogicalName === name);

scenario("one table is described", async ({ api }) => {
  const table = await api.retrieveEntity({
    key: DEVICE,
    select: ["LogicalName", "EntitySetName", "PrimaryIdAttribute", "PrimaryNameAttribute"],
  });
  assert.equal(table.EntitySetName, "cr_devices");
  assert.equal(table.PrimaryIdAttribute, "cr_deviceid");
  assert.equal(table.PrimaryNameAttribute, "cr_name");
  assert.match(table.MetadataId, /^[0-9a-f-]{36}$/);
});

scenario("a table is found again by its metadata id", async ({ api }) => {
  const { MetadataId } = await api.retrieveEntity({ key: DEVICE, select: ["LogicalName"] });
  const again = await api.retrieveEntity({ key: MetadataId, select: ["LogicalName"] });
  assert.equal(again.LogicalName, "cr_device");
});

scenario("a table is described with its columns and keys", async ({ api }) => {
  const table = await api.retrieveEntity({
    key: DEVICE,
    select: ["LogicalName"],
    expand: [
      { property: "Attributes", select: ["LogicalName"] },
      { property: "Keys", select: ["LogicalName", "KeyAttributes", "EntityKeyIndexStatus"] },
    ],
  });
  assert.ok(named(table.Attributes, "cr_price"));
  const [key] = table.Keys.filter((one) => one.LogicalName === "cr_sitekey");
  assert.deepEqual(key.KeyAttributes, ["cr_site", "cr_number"]);
  assert.equal(key.EntityKeyIndexStatus, "Active");
});

scenario("a table that is not there is not found", async ({ api }) => {
  const error = await refusal(api.retrieveEntity({ key: "LogicalName='cr_nothing'" }));
  assert.equal(error.status, 404);
});

scenario("tables are listed under a filter", async ({ api }) => {
  const { value } = await api.retrieveEntities({
    select: ["LogicalName", "EntitySetName"],
    filter: "startswith(LogicalName,'cr_')",
  });
  assert.deepEqual(value.map((row) => row.EntitySetName).sort(), ["cr_devices", "cr_readings"]);
});

scenario("columns of one kind are listed with what only they have", async ({ api }) => {
  const { value } = await api.retrieveAttributes({
    entityKey: DEVICE,
    castType: "Microsoft.Dynamics.CRM.StringAttributeMetadata",
    select: ["LogicalName", "MaxLength"],
  });
  assert.equal(named(value, "cr_serial").MaxLength, 40);
  assert.equal(named(value, "cr_price"), undefined);
});

scenario("a choice column shows its options and labels", async ({ api }) => {
  const column = await api.retrieveAttribute({
    entityKey: DEVICE,
    attributeKey: "LogicalName='cr_color'",
    castType: "Microsoft.Dynamics.CRM.PicklistAttributeMetadata",
    select: ["LogicalName"],
    expand: [{ property: "OptionSet", select: ["Options"] }],
  });
  const labels = column.OptionSet.Options.map((one) => [
    one.Value,
    one.Label.UserLocalizedLabel.Label,
  ]);
  assert.deepEqual(labels, [
    [1, "Red"],
    [2, "Green"],
    [3, "Dark Blue"],
  ]);
});

scenario("a status column shows to which state each reason belongs", async ({ api }) => {
  const column = await api.retrieveAttribute({
    entityKey: "LogicalName='account'",
    attributeKey: "LogicalName='statuscode'",
    castType: "Microsoft.Dynamics.CRM.StatusAttributeMetadata",
    expand: [{ property: "OptionSet" }],
  });
  assert.deepEqual(
    column.OptionSet.Options.map((one) => [one.Value, one.State]),
    [
      [1, 0],
      [2, 1],
    ],
  );
});

scenario("a date column tells how it relates to time zones", async ({ api }) => {
  const { value } = await api.retrieveAttributes({
    entityKey: DEVICE,
    castType: "Microsoft.Dynamics.CRM.DateTimeAttributeMetadata",
    select: ["LogicalName", "DateTimeBehavior", "Format"],
  });
  assert.equal(named(value, "cr_seenon").DateTimeBehavior.Value, "UserLocal");
  assert.equal(named(value, "cr_installedon").DateTimeBehavior.Value, "DateOnly");
  assert.equal(named(value, "cr_opensat").DateTimeBehavior.Value, "TimeZoneIndependent");
});

scenario("a lookup column tells its targets", async ({ api }) => {
  const column = await api.retrieveAttribute({
    entityKey: DEVICE,
    attributeKey: "LogicalName='cr_customer'",
    castType: "Microsoft.Dynamics.CRM.LookupAttributeMetadata",
    select: ["Targets"],
  });
  assert.deepEqual([...column.Targets].sort(), ["account", "contact"]);
});

scenario("a filter on names finds one column", async ({ api }) => {
  const { value } = await api.retrieveAttributes({
    entityKey: DEVICE,
    select: ["LogicalName", "AttributeType"],
    filter: "LogicalName eq 'cr_quantity'",
  });
  assert.deepEqual(
    value.map((row) => row.AttributeType),
    ["Decimal"],
  );
});

scenario("relationships name the properties that bind", async ({ api }) => {
  const { value } = await api.retrieveRelationships({
    castType: "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
    select: ["SchemaName", "ReferencingEntityNavigationPropertyName"],
    filter: "ReferencedEntity eq 'cr_device'",
  });
  const names = Object.fromEntries(
    value.map((row) => [row.SchemaName, row.ReferencingEntityNavigationPropertyName]),
  );
  assert.equal(names.cr_device_readings, "cr_Device");
  assert.equal(names.cr_device_children, "cr_Parent");
});

scenario("one relationship is found by its metadata id", async ({ api }) => {
  const { value } = await api.retrieveRelationships({
    filter: "SchemaName eq 'cr_device_readings'",
  });
  const again = await api.retrieveRelationship({ key: value[0].MetadataId });
  assert.equal(again.SchemaName, "cr_device_readings");
});

scenario("global choices are listed and found by name", async ({ api }) => {
  const { value } = await api.retrieveGlobalOptionSets();
  assert.ok(value.some((one) => one.Name === "cr_grade"));
  const grade = await api.retrieveGlobalOptionSet({
    key: "Name='cr_grade'",
    castType: "Microsoft.Dynamics.CRM.OptionSetMetadata",
  });
  assert.deepEqual(
    grade.Options.map((one) => one.Value),
    [100, 200],
  );
});

scenario("global choices take no filter", async ({ api }) => {
  const error = await refusal(api.retrieveGlobalOptionSets({ filter: "Name eq 'cr_grade'" }));
  assert.equal(error.status, 400);
});

scenario("the whole model is told as CSDL", async ({ api }) => {
  const text = await api.retrieveCsdlMetadata();
  assert.match(text, /<EntityType Name="cr_device"/);
  assert.match(text, /<EntitySet Name="cr_devices"/);
  assert.match(text, /<NavigationProperty Name="cr_Customer_account"/);
});

scenario("the model marks what cannot be written when asked for annotations", async ({ api }) => {
  const text = await api.retrieveCsdlMetadata({ addAnnotations: true });
  assert.match(
    text,
    /Name="_cr_parent_value" Type="Edm.Guid"><Annotation Term="Org.OData.Core.V1.Computed"/,
  );
});

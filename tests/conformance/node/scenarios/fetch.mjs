import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";

scenario("fetch XML finds rows with formatted values", async ({ api }) => {
  const { value } = await api.fetch({
    collection: "cr_devices",
    includeAnnotations: "OData.Community.Display.V1.FormattedValue",
    fetchXml: `<fetch><entity name="cr_device"><attribute name="cr_name"/><attribute name="cr_color"/>
      <filter><condition attribute="cr_color" operator="eq" value="1"/></filter></entity></fetch>`,
  });
  assert.deepEqual(
    value.map((row) => [row.cr_name, row.cr_color_Formatted]),
    [["Pump", "Red"]],
  );
});

scenario("fetch XML pages are followed by their cookie", async ({ api }) => {
  const fetchXml = `<fetch count="2"><entity name="account"><attribute name="name"/>
    <order attribute="name"/></entity></fetch>`;
  const first = await api.fetch({ collection: "accounts", fetchXml, includeAnnotations: "*" });
  assert.deepEqual(
    first.value.map((row) => row.name),
    ["Adatum", "Contoso"],
  );
  assert.equal(first.PagingInfo.nextPage, 2);
  const second = await api.fetch({
    collection: "accounts",
    fetchXml,
    includeAnnotations: "*",
    pageNumber: first.PagingInfo.nextPage,
    pagingCookie: first.PagingInfo.cookie,
  });
  assert.deepEqual(
    second.value.map((row) => row.name),
    ["Fabrikam"],
  );
});

scenario("all fetch XML pages are put together", async ({ api, tenant }) => {
  const rows = Array.from({ length: 12_000 }, (_, index) => ({
    cr_name: "many",
    cr_sequence: index,
  }));
  await tenant.json("POST", "seed", {
    cr_readings: rows.map((row, index) => ({
      ...row,
      cr_readingid: `b1000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    })),
  });
  const { value } = await api.fetchAll({
    collection: "cr_readings",
    includeAnnotations: "*",
    fetchXml: `<fetch count="5000"><entity name="cr_reading"><attribute name="cr_sequence"/>
      <filter><condition attribute="cr_name" operator="eq" value="many"/></filter></entity></fetch>`,
  });
  assert.equal(new Set(value.map((row) => row.cr_sequence)).size, 12_000);
});

scenario("fetch XML adds up", async ({ api }) => {
  const { value } = await api.fetch({
    collection: "cr_readings",
    fetchXml: `<fetch aggregate="true"><entity name="cr_reading">
      <attribute name="cr_value" aggregate="sum" alias="total"/>
      <attribute name="cr_value" aggregate="avg" alias="mean"/></entity></fetch>`,
  });
  assert.equal(value[0].total, 101.75);
});

scenario("a percent sign in fetch XML survives its encoding", async ({ api }) => {
  const { value } = await api.fetch({
    collection: "cr_devices",
    fetchXml: `<fetch><entity name="cr_device"><attribute name="cr_name"/>
      <filter><condition attribute="cr_name" operator="like" value="%100[%]"/></filter></entity></fetch>`,
  });
  assert.deepEqual(
    value.map((row) => row.cr_name),
    ["Sensor 100%"],
  );
});

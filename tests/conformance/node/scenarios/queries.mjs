import assert from "node:assert/strict";

import { refusal, scenario } from "../scenario.mjs";
import { ADATUM, PUMP, SENSOR, VALVE } from "../tenant.mjs";

const FORMATTED = "OData.Community.Display.V1.FormattedValue";
const MANY = 12_000;

const FILTERS = [
  ["text equals whatever its case", "cr_name eq 'PUMP'", [PUMP]],
  ["text is not equal", "cr_name ne 'Pump'", [VALVE, SENSOR]],
  ["a column is empty", "cr_note eq null", [VALVE, SENSOR]],
  ["a column is not empty", "cr_note ne null", [PUMP]],
  ["money is compared exactly", "cr_price gt 10.0000 and cr_price lt 10.0002", [PUMP]],
  ["a part of a text matches", "contains(cr_name,'en')", [SENSOR]],
  ["a percent sign stands for any text", "contains(cr_name,'P%p')", [PUMP]],
  ["a percent sign in an equality stands for itself", "cr_name eq 'sensor 100%'", [SENSOR]],
  ["a choice is compared by its number", "cr_color eq 2", [VALVE]],
  ["a date is compared as a date", "cr_installedon ge 2026-01-31", [PUMP]],
  ["a moment is compared as a moment", "cr_seenon lt 2026-02-01T00:00:00Z", [PUMP]],
  ["a lookup is compared by its id", `_cr_parent_value eq ${PUMP}`, [VALVE, SENSOR]],
  ["a path leads over a lookup", "cr_Customer_account/name eq 'Adatum'", [PUMP]],
  ["any child meets a condition", "cr_device_readings/any(r:r/cr_name eq 'hot')", [VALVE]],
  ["a condition is turned around", "not contains(cr_name,'e')", [PUMP]],
  [
    "parentheses bind closer",
    "cr_site eq 'South' or (cr_count eq 5 and cr_active eq true)",
    [PUMP, SENSOR],
  ],
  [
    "a value is in a list",
    "Microsoft.Dynamics.CRM.In(PropertyName='cr_serial',PropertyValues=['SN-1','SN-3'])",
    [PUMP, SENSOR],
  ],
  [
    "a value lies between two others",
    "Microsoft.Dynamics.CRM.Between(PropertyName='cr_count',PropertyValues=['6','7'])",
    [VALVE, SENSOR],
  ],
  [
    "a moment lies on a day",
    "Microsoft.Dynamics.CRM.On(PropertyName='cr_installedon',PropertyValue='2026-01-31')",
    [PUMP],
  ],
  [
    "a choice of several holds a value",
    "Microsoft.Dynamics.CRM.ContainValues(PropertyName='cr_tags',PropertyValues=['3'])",
    [PUMP],
  ],
];

for (const [words, filter, found] of FILTERS) {
  scenario(`a filter finds its rows where ${words}`, async ({ api }) => {
    const { value } = await api.retrieveMultiple({
      collection: "cr_devices",
      select: ["cr_name"],
      filter,
    });
    assert.deepEqual(value.map((row) => row.cr_deviceid).sort(), found);
  });
}

scenario("rows come in the order that was asked for", async ({ api }) => {
  const { value } = await api.retrieveMultiple({
    collection: "cr_devices",
    select: ["cr_name"],
    orderBy: ["cr_count desc", "cr_name asc"],
  });
  assert.deepEqual(
    value.map((row) => row.cr_name),
    ["Sensor 100%", "Valve", "Pump"],
  );
});

scenario("a top cuts the answer", async ({ api }) => {
  const { value, oDataNextLink } = await api.retrieveMultiple({
    collection: "accounts",
    select: ["name"],
    orderBy: ["name"],
    top: 2,
  });
  assert.deepEqual(
    value.map((row) => row.name),
    ["Adatum", "Contoso"],
  );
  assert.equal(oDataNextLink, undefined);
});

scenario("a count stands beside the rows of a page", async ({ api }) => {
  const { value, oDataCount } = await api.retrieveMultiple({
    collection: "accounts",
    select: ["name"],
    count: true,
    maxPageSize: 1,
  });
  assert.equal(value.length, 1);
  assert.equal(oDataCount, 3);
});

scenario(
  "the number of rows is read from text that starts with a byte order mark",
  async ({ api }) => {
    assert.equal(await api.count({ collection: "accounts" }), 3);
  },
);

scenario("the number of rows is taken under a filter", async ({ api }) => {
  assert.equal(await api.count({ collection: "cr_devices", filter: "cr_count eq 7" }), 2);
});

scenario("parameter aliases stand for values of a filter", async ({ api }) => {
  const { value } = await api.retrieveMultiple({
    collection: "cr_devices",
    select: ["cr_name"],
    filter: "cr_serial eq @p1 or cr_count eq @p2",
    queryParams: ["@p1='SN-3'", "@p2=5"],
    orderBy: ["cr_name"],
  });
  assert.deepEqual(
    value.map((row) => row.cr_name),
    ["Pump", "Sensor 100%"],
  );
});

scenario("formatted values are offered under the column's own name", async ({ api }) => {
  const row = await api.retrieve({
    collection: "cr_devices",
    key: PUMP,
    includeAnnotations: FORMATTED,
  });
  assert.equal(row["cr_color_Formatted"], "Red");
  assert.equal(row["cr_tags_Formatted"], "Indoor; Wireless");
  assert.equal(row["_cr_customer_value_Formatted"], "Adatum");
  assert.equal(row["cr_price_Formatted"], "$10.00");
});

scenario("a lookup tells its table and its navigation property", async ({ api }) => {
  const row = await api.retrieve({ collection: "cr_devices", key: VALVE, includeAnnotations: "*" });
  assert.equal(row._cr_customer_value_LogicalName, "contact");
  assert.equal(row._cr_customer_value_NavigationProperty, "cr_Customer_contact");
});

scenario("pages are followed one by one", async ({ api }) => {
  const first = await api.retrieveMultiple({
    collection: "accounts",
    select: ["name"],
    orderBy: ["name"],
    maxPageSize: 2,
  });
  assert.deepEqual(
    first.value.map((row) => row.name),
    ["Adatum", "Contoso"],
  );
  const second = await api.retrieveMultiple(
    { collection: "accounts", maxPageSize: 2 },
    first.oDataNextLink,
  );
  assert.deepEqual(
    second.value.map((row) => row.name),
    ["Fabrikam"],
  );
  assert.equal(second.oDataNextLink, undefined);
});

async function seedMany(tenant) {
  const rows = Array.from({ length: MANY }, (_, index) => ({
    cr_readingid: `b1000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`,
    cr_name: `reading ${(index * 7919) % MANY}`,
    cr_sequence: index + 1,
  }));
  await tenant.json("POST", "seed", { cr_readings: rows });
}

scenario("twelve thousand rows come over pages each exactly once", async ({ api, tenant }) => {
  await seedMany(tenant);
  const { value } = await api.retrieveAll({
    collection: "cr_readings",
    select: ["cr_sequence"],
    filter: "startswith(cr_name,'reading')",
  });
  assert.equal(value.length, MANY);
  assert.equal(new Set(value.map((row) => row.cr_sequence)).size, MANY);
});

scenario("twelve thousand rows stay in order over small pages", async ({ api, tenant }) => {
  await seedMany(tenant);
  const { value } = await api.retrieveAll({
    collection: "cr_readings",
    select: ["cr_sequence"],
    orderBy: ["cr_sequence desc"],
    filter: "startswith(cr_name,'reading')",
    maxPageSize: 3500,
  });
  assert.deepEqual(
    value.map((row) => row.cr_sequence),
    Array.from({ length: MANY }, (_, i) => MANY - i),
  );
});

scenario(
  "a count stops at five thousand while counting all pages does not",
  async ({ api, tenant }) => {
    await seedMany(tenant);
    assert.equal(await api.count({ collection: "cr_readings" }), 5000);
    const all = await api.countAll({ collection: "cr_readings", select: ["cr_sequence"] });
    assert.equal(all, MANY + 3);
  },
);

scenario("rows are grouped and added up", async ({ api }) => {
  const { value } = await api.retrieveMultiple({
    collection: "cr_devices",
    apply: "groupby((cr_site),aggregate(cr_count with sum as total,$count as devices))",
  });
  const groups = Object.fromEntries(value.map((row) => [row.cr_site, [row.total, row.devices]]));
  assert.deepEqual(groups, { North: [12, 2], South: [7, 1] });
});

scenario("rows are filtered before they are grouped", async ({ api }) => {
  const { value } = await api.retrieveMultiple({
    collection: "cr_devices",
    apply:
      "filter(cr_count gt 5)/aggregate(cr_count with average as average,cr_count with max as most)",
  });
  assert.deepEqual([value[0].average, value[0].most], [7, 7]);
});

scenario("expansions nest and answer every level", async ({ api }) => {
  const { value } = await api.retrieveMultiple({
    collection: "cr_readings",
    select: ["cr_name"],
    filter: "cr_name eq 'hot'",
    expand: [
      {
        property: "cr_Device",
        select: ["cr_name"],
        expand: [{ property: "cr_Parent", select: ["cr_name"] }],
      },
    ],
  });
  assert.equal(value[0].cr_Device.cr_Parent.cr_name, "Pump");
});

scenario(
  "an order inside a nested expansion is refused with the documented code",
  async ({ api }) => {
    const error = await refusal(
      api.retrieveMultiple({
        collection: "cr_readings",
        expand: [
          {
            property: "cr_Device",
            expand: [{ property: "cr_device_children", orderBy: ["cr_name"] }],
          },
        ],
      }),
    );
    assert.equal(error.status, 400);
    assert.equal(error.code, "0x80060888");
    assert.match(error.message, /Only \$select and \$filter clause can be provided/);
  },
);

scenario("a long filter travels inside a batch and finds its rows", async ({ api, tenant }) => {
  const names = Array.from({ length: 120 }, (_, index) => `cr_name eq 'no such name ${index}'`);
  const { value } = await api.retrieveMultiple({
    collection: "cr_devices",
    select: ["cr_name"],
    filter: [...names, "cr_name eq 'Pump'"].join(" or "),
  });
  assert.deepEqual(
    value.map((row) => row.cr_name),
    ["Pump"],
  );
  const { trace } = await tenant.json("GET", "trace");
  assert.match(trace.at(-1).target, /\$batch$/);
});

const VIEW = {
  name: "Pumps",
  returnedtypecode: "cr_device",
  fetchxml: `<fetch><entity name="cr_device"><attribute name="cr_name"/>
    <filter><condition attribute="cr_name" operator="eq" value="Pump"/></filter></entity></fetch>`,
  querytype: 0,
};

for (const [set, option] of [
  ["savedqueries", "savedQuery"],
  ["userqueries", "userQuery"],
]) {
  scenario(`rows are found by a row of ${set}`, async ({ api }) => {
    const view = await api.create({ collection: set, data: VIEW });
    const { value } = await api.retrieveMultiple({ collection: "cr_devices", [option]: view });
    assert.deepEqual(
      value.map((row) => row.cr_deviceid),
      [PUMP],
    );
    const error = await refusal(
      api.retrieveMultiple({ collection: "accounts", [option]: view }),
    );
    assert.equal(error.status, 400);
  });
}

scenario("a logical name in the place of an entity set is not found", async ({ api }) => {
  const error = await refusal(api.retrieveMultiple({ collection: "account", select: ["name"] }));
  assert.equal(error.status, 404);
  assert.equal(error.code, "0x8006088a");
});

scenario("an unknown column is refused in the documented words", async ({ api }) => {
  const error = await refusal(api.retrieveMultiple({ collection: "accounts", select: ["Name"] }));
  assert.equal(error.status, 400);
  assert.match(
    error.message,
    /Could not find a property named 'Name' on type 'Microsoft\.Dynamics\.CRM\.account'/,
  );
});

scenario(
  "logical names are turned into entity sets through the definitions",
  async ({ connect }) => {
    const api = connect({ useEntityNames: true });
    const { value } = await api.retrieveMultiple({ collection: "cr_device", select: ["cr_name"] });
    assert.equal(value.length, 3);
  },
);

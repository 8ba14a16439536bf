import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { refusal, scenario } from "../scenario.mjs";

const CRM = "Microsoft.Dynamics.CRM.";
const READY = 192350004;
const CREATED = 192350001;
const POSTED = 192350002;
const CONFIRMED = 192350002;
const SAMPLE = join(import.meta.dirname, "../../../../connector/sample_tenant/tenant.json");

// The shipped sample tenant, with its contract of Adatum and what is due on it on 2020-10-05.
async function adatum(tenant) {
  await tenant.text("POST", "reset");
  await tenant.text("POST", "seed", readFileSync(SAMPLE, "utf8"));
  const contracts = await tenant.rows("salesorders");
  const contract = contracts.find((row) => row.name === "Adatum shop floor portal").salesorderid;
  const lines = (await tenant.rows("salesorderdetails"))
    .filter((row) => row._salesorderid_value === contract)
    .map((row) => row.salesorderdetailid);
  const due = (await tenant.rows("msdyn_contractlineinvoiceschedules")).filter(
    (row) =>
      lines.includes(row._msdyn_contractlineid_value) &&
      row.msdyn_invoicerundate.startsWith("2020-10-05"),
  );
  return { contract, due: due.map((row) => row.msdyn_contractlineinvoicescheduleid) };
}

function bill(api, { contract, due }) {
  return api.callAction({
    collection: "salesorders",
    key: contract,
    actionName: `${CRM}msdyn_CreateInvoicefromInvoiceScheduleSync`,
    action: {
      InvoiceSchedules: due.map((id) => ({
        "@odata.type": `${CRM}msdyn_contractlineinvoiceschedule`,
        msdyn_contractlineinvoicescheduleid: id,
      })),
    },
  });
}

scenario(
  "due schedule rows are billed by the action bound to their contract",
  async ({ api, tenant }) => {
    const due = await adatum(tenant);
    const answer = await bill(api, due);
    assert.equal(answer.IsSuccess, true);
    const [invoice] = await tenant.rows("invoices");
    const details = await tenant.rows("invoicedetails");
    assert.ok(details.length > 0);
    const sum = details.reduce((total, row) => total + row.extendedamount, 0);
    assert.equal(invoice.totalamount, sum);
    const claimed = (await tenant.rows("msdyn_actuals")).filter(
      (row) => row.msdyn_billingstatus === CREATED,
    );
    assert.ok(claimed.length > 0);
  },
);

scenario("what was billed by schedule is not billed again", async ({ api, tenant }) => {
  const due = await adatum(tenant);
  await bill(api, due);
  const before = (await tenant.rows("invoicedetails")).length;
  await bill(api, due);
  assert.equal((await tenant.rows("invoices")).length, 1);
  assert.equal((await tenant.rows("invoicedetails")).length, before);
});

scenario("a deleted draft makes its actuals ready again", async ({ api, tenant }) => {
  const statuses = async () =>
    (await tenant.rows("msdyn_actuals")).map((row) => row.msdyn_billingstatus).sort();
  const due = await adatum(tenant);
  const before = await statuses();
  await bill(api, due);
  const [invoice] = await tenant.rows("invoices");
  await api.deleteRecord({ collection: "invoices", key: invoice.invoiceid });
  assert.deepEqual(await tenant.rows("invoicedetails"), []);
  assert.deepEqual(await statuses(), before);
});

scenario("a confirmed invoice posts its actuals and cannot be deleted", async ({ api, tenant }) => {
  await bill(api, await adatum(tenant));
  const [invoice] = await tenant.rows("invoices");
  await api.callAction({
    collection: "invoices",
    key: invoice.invoiceid,
    actionName: `${CRM}msdyn_PostInvoice`,
  });
  const [posted] = await tenant.rows("invoices");
  assert.equal(posted.msdyn_projectinvoicestatus, CONFIRMED);
  const actuals = await tenant.rows("msdyn_actuals");
  assert.ok(!actuals.some((row) => row.msdyn_billingstatus === CREATED));
  assert.ok(actuals.some((row) => row.msdyn_billingstatus === POSTED));
  const error = await refusal(api.deleteRecord({ collection: "invoices", key: invoice.invoiceid }));
  assert.equal(error.code, "0x80040265");
});

scenario("rows of another contract are refused by the bound action", async ({ api, tenant }) => {
  const { due } = await adatum(tenant);
  const other = (await tenant.rows("salesorders")).find((row) => row.ordernumber === "PC-1002");
  const error = await refusal(bill(api, { contract: other.salesorderid, due }));
  assert.equal(error.code, "0x80040265");
  assert.deepEqual(await tenant.rows("invoices"), []);
});

scenario("an action that is bound to another table is not found", async ({ api, tenant }) => {
  const { contract } = await adatum(tenant);
  const error = await refusal(
    api.callAction({
      collection: "salesorders",
      key: contract,
      actionName: `${CRM}msdyn_PostInvoice`,
    }),
  );
  assert.equal(error.status, 404);
});

scenario(
  "invoices are read with their details and what stands behind them",
  async ({ api, tenant }) => {
    await bill(api, await adatum(tenant));
    const { value } = await api.retrieveMultiple({
      collection: "invoices",
      select: ["name", "totalamount"],
      includeAnnotations: "*",
      expand: [
        { property: "invoice_details", select: ["extendedamount"] },
        { property: "customerid_account", select: ["name"] },
      ],
    });
    assert.match(value[0].customerid_account.name, /Adatum/);
    assert.ok(value[0].invoice_details.length > 0);
    assert.match(value[0].totalamount_Formatted, /^\$[\d,]+\.\d\d$/);
  },
);

scenario("only ready actuals are found by the status that means ready", async ({ api, tenant }) => {
  await adatum(tenant);
  const expected = (await tenant.rows("msdyn_actuals")).filter(
    (row) => row.msdyn_billingstatus === READY,
  );
  const { value } = await api.retrieveAll({
    collection: "msdyn_actuals",
    select: ["msdyn_actualid"],
    filter: `msdyn_billingstatus eq ${READY}`,
  });
  assert.equal(value.length, expected.length);
});

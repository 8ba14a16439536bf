import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { ADATUM, CONTOSO } from "../tenant.mjs";

scenario("a delta link brings only what changed since", async ({ api }) => {
  const all = await api.retrieveMultiple({
    collection: "accounts",
    select: ["name", "telephone1"],
    trackChanges: true,
  });
  assert.equal(all.value.length, 3);
  await api.update({ collection: "accounts", key: ADATUM, data: { telephone1: "1" } });
  const made = await api.create({ collection: "accounts", data: { name: "New" } });
  const changes = await api.retrieveMultiple({ collection: "accounts" }, all.oDataDeltaLink);
  assert.deepEqual(changes.value.map((row) => row.accountid).sort(), [ADATUM, made].sort());
});

scenario("a delta link tells which rows were deleted", async ({ api }) => {
  const all = await api.retrieveMultiple({
    collection: "accounts",
    select: ["name"],
    trackChanges: true,
  });
  await api.deleteRecord({ collection: "accounts", key: CONTOSO });
  const changes = await api.retrieveMultiple({ collection: "accounts" }, all.oDataDeltaLink);
  assert.deepEqual(
    changes.value.map((row) => [row.id, row.reason]),
    [[CONTOSO, "deleted"]],
  );
});

scenario("a fresh delta link brings nothing", async ({ api }) => {
  const all = await api.retrieveMultiple({
    collection: "accounts",
    select: ["name"],
    trackChanges: true,
  });
  const none = await api.retrieveMultiple({ collection: "accounts" }, all.oDataDeltaLink);
  assert.deepEqual(none.value, []);
  assert.ok(none.oDataDeltaLink);
});

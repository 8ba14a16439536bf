import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { ADATUM } from "../tenant.mjs";

// Larger than a chunk, and no multiple of one.
const LARGE = Buffer.alloc(5_000_003, "scan");
const SCAN = { collection: "accounts", key: ADATUM, property: "new_scan" };

async function columnForFiles(api) {
  await api.createAttribute({
    entityKey: "LogicalName='account'",
    data: {
      "@odata.type": "Microsoft.Dynamics.CRM.FileAttributeMetadata",
      SchemaName: "new_Scan",
      DisplayName: { LocalizedLabels: [{ Label: "Scan", LanguageCode: 1033 }] },
      MaxSizeInKB: 10_240,
    },
  });
}

scenario("a file is uploaded in chunks, downloaded and deleted", async ({ api, tenant }) => {
  await columnForFiles(api);
  await api.uploadFile({ ...SCAN, fileName: "scan.pdf", data: LARGE });
  assert.equal((await tenant.row("accounts", ADATUM)).new_scan_name, "scan.pdf");
  const file = await api.downloadFile(SCAN);
  assert.deepEqual([file.fileName, file.fileSize], ["scan.pdf", LARGE.length]);
  assert.ok(Buffer.from(file.data).equals(LARGE));
  await api.deleteRecord(SCAN);
  assert.equal((await tenant.row("accounts", ADATUM)).new_scan_name, null);
});

scenario("a second file takes the place of the first", async ({ api }) => {
  await columnForFiles(api);
  await api.uploadFile({ ...SCAN, fileName: "a.txt", data: Buffer.from("first") });
  await api.uploadFile({ ...SCAN, fileName: "b.txt", data: Buffer.from("second") });
  const file = await api.downloadFile(SCAN);
  assert.deepEqual([file.fileName, Buffer.from(file.data).toString()], ["b.txt", "second"]);
});

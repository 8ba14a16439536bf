// The tenant behind the client's back: its rows, read and put back through the control plane.

export const ADATUM = "a0000000-0000-4000-8000-000000000001";
export const CONTOSO = "a0000000-0000-4000-8000-000000000002";
export const FABRIKAM = "a0000000-0000-4000-8000-000000000003";
export const ANNA = "c0000000-0000-4000-8000-000000000001";
export const BERT = "c0000000-0000-4000-8000-000000000002";
export const PUMP = "d0000000-0000-4000-8000-000000000001";
export const VALVE = "d0000000-0000-4000-8000-000000000002";
export const SENSOR = "d0000000-0000-4000-8000-000000000003";
export const COLD = "b0000000-0000-4000-8000-000000000901";
export const HOT = "b0000000-0000-4000-8000-000000000903";
export const SECOND_USER = "50000000-0000-4000-8000-000000000002";
export const SECOND_USER_OBJECT = "50000000-0000-4000-8000-0000000000aa";
export const NOTHING = "ffffffff-0000-4000-8000-000000000009";

const PRIMARY_KEYS = {
  accounts: "accountid",
  contacts: "contactid",
  cr_devices: "cr_deviceid",
  cr_readings: "cr_readingid",
};

export class Tenant {
  static async at(url) {
    const tenant = new Tenant(url);
    tenant.seed = await tenant.text("GET", "snapshot");
    return tenant;
  }

  constructor(url) {
    this.url = url;
  }

  async text(method, path, body) {
    const answer = await fetch(`${this.url}/_emulator/${path}`, { method, body });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.text();
  }

  async json(method, path, value) {
    const body = value === undefined ? undefined : JSON.stringify(value);
    return JSON.parse(await this.text(method, path, body));
  }

  async restore() {
    await this.text("POST", "reset");
    await this.text("POST", "seed", this.seed);
    await this.text("DELETE", "faults");
    await this.text("DELETE", "trace");
  }

  async rows(set) {
    return (await this.json("GET", "snapshot"))[set] ?? [];
  }

  async row(set, id) {
    return (await this.rows(set)).find((row) => row[PRIMARY_KEYS[set]] === id);
  }

  async names(set, column = "name") {
    return (await this.rows(set)).map((row) => row[column]).sort();
  }
}

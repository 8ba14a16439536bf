// Where scenarios announce themselves: a sentence as name, and the steps.
import assert from "node:assert/strict";

export const registered = [];

export function scenario(name, steps) {
  registered.push({ name, steps });
}

// The error with which the client rejects; fails when it does not.
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail("the client was expected to reject");
}

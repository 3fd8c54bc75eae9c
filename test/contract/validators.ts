import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import type { ValidateFunction } from 'ajv/dist/2020';
import { PROVIDER_NAMES } from '../../src/domain/plan';
import { validateRefundRequest } from '../../src/domain/request';

const FOLDER = path.join(__dirname, '../../contract');

/** A file of the contract as it is committed. */
export function contractText(name: string): string {
  return readFileSync(path.join(FOLDER, name), 'utf8');
}

/** A validator of a schema, which throws at what it does not know of JSON Schema. */
export function compileSchema(schema: unknown): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    formats: { 'date-time': true },
  });
  return ajv.compile(schema as object);
}

/** A validator of a schema as it is committed. */
export function validatorOf(name: string): ValidateFunction {
  return compileSchema(JSON.parse(contractText(name)));
}

/** The moment at which requests of these tests are validated. */
export const NOW = new Date('2026-11-20T12:00:00Z');

/** What the saga finds wrong with a request, at that moment and where every provider is served. */
export function problemsOf(
  request: unknown,
  served: readonly (typeof PROVIDER_NAMES)[number][] = PROVIDER_NAMES,
) {
  const validated = validateRefundRequest(request, { providers: new Set(served), now: NOW });
  return 'problems' in validated ? validated.problems : [];
}

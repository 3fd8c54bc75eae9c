import { z } from 'zod';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Record<string, unknown>;

/** What stands at the head of a schema. */
export interface Heading {
  title: string;
  description: string;
}

/**
 * JSON Schema (2020-12) of what a zod schema accepts, for every language: expressions without the short classes that
 * some languages read with all digits of Unicode, and null wherever a field may be absent.
 */
export function jsonSchemaOf(schema: z.ZodType, { title, description }: Heading): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  return { $schema, title, description, ...(portable(rest) as JsonSchema) };
}

function portable(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(portable);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name,
      name === 'pattern' && typeof value === 'string' ? withoutShortClasses(value) : portable(value),
    ]),
  );
}

function withoutShortClasses(pattern: string): string {
  const plain = pattern.replaceAll('\\d', '[0-9]');
  if (/\\[a-zA-Z]/.test(plain)) throw new TypeError(`not portable: ${pattern}`);
  return plain;
}

/** The same with null accepted for each field that may be absent, as the saga does in a request. */
export function withNullForAbsent(schema: JsonSchema): JsonSchema {
  return mapObjects(schema, (object) => {
    const { properties, required } = object;
    if (object.type !== 'object' || typeof properties !== 'object' || properties === null) return object;
    const needed = Array.isArray(required) ? required : [];
    const entries = Object.entries(properties as Record<string, JsonSchema>);
    return {
      ...object,
      properties: Object.fromEntries(
        entries.map(([name, property]) => [name, needed.includes(name) ? property : orNull(property)]),
      ),
    };
  });
}

function orNull(schema: JsonSchema): JsonSchema {
  return typeof schema.type === 'string' && schema.type !== 'object'
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
}

function mapObjects(part: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner);
    return typeof value === 'object' && value !== null ? mapObjects(value as JsonSchema, change) : value;
  };
  return change(Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inner(value)])));
}

/** JSON for people: two spaces, and every character but printable ASCII as an escape, so that none is invisible. */
export function written(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value, undefined, 2).replace(/[^\n -~]/g, escaped)}\n`;
}

import assert from 'node:assert/strict';
import * as z from 'zod';
import { schemaGrammar } from '../../../server/src/inference/engine/json-schema';
import { allowedBy } from '../../support/grammar';

const allowed = (schema: unknown) => allowedBy(schemaGrammar(JSON.stringify(schema)));
const nested = (depth: number): object =>
  depth === 0 ? { type: 'null' } : { type: 'array', items: nested(depth - 1) };
const object = (properties: object, required: string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

describe('JSON Schema that a text is held to', () => {
  const held: [schema: unknown, yes: readonly string[], no: readonly string[]][] = [
    [
      { type: 'string', description: 'a name' },
      ['""', '"a"', '"größe 🚀"', '"\\n\\u00e9"'],
      ['a', '"a', '"\n"', '"\\ud83d\\ude80"', '"a"b"'],
    ],
    [{ type: 'string', minLength: 2, maxLength: 3 }, ['"ab"', '"🚀🚀🚀"', '"\\"\\\\"'], ['"a"', '"abcd"']],
    [{ type: 'boolean' }, ['true', 'false'], ['null', 'True']],
    [{ type: ['integer', 'null'] }, ['0', '-17', 'null'], ['1.5', '01', '1e3', '']],
    [{ type: 'number' }, ['0', '-1.5', '2e10', '123456'], ['.5', '1.', '01', 'NaN']],
    [{ enum: ['a', 1, null, ['x'], { y: 1 }] }, ['"a"', '1', 'null', '["x"]', '{"y":1}'], ['"b"', '2']],
    [{ type: 'string', enum: ['a', 1] }, ['"a"'], ['1']],
    [{ const: 'a"b\\c\n', title: 'yes' }, ['"a\\"b\\\\c\\n"'], ['"a"']],
    [{ anyOf: [{ type: 'boolean' }, { const: 'x' }] }, ['true', '"x"'], ['"y"']],
    [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, ['"x"', 'null'], ['1']],
    [{ type: 'object' }, ['{}', '{"a": [1, "b"]}', '{\n  "a": 1\n}'], ['[]', '{a: 1}', '{"a" 1}']],
    [{ type: 'object', additionalProperties: { type: 'null' } }, ['{}', '{"a":null}'], ['{"a": 1}']],
    [{ type: 'object', additionalProperties: false }, ['{}'], ['{"a": 1}']],
    [{}, ['1', '"x"', '[{}]', 'true'], ['x']],
    [
      object({ a: { type: 'null' }, b: { type: 'null' } }),
      ['{"a": null, "b": null}', '{"a":null,"b":null}'],
      ['{}', '{"a": null}', '{"b": null, "a": null}', '{"a": null, "b": null, "c": null}'],
    ],
    [
      object({ a: { type: 'null' }, b: { type: 'null' }, c: { type: 'null' } }, ['b']),
      ['{"b":null}', '{"a":null,"b":null}', '{"b":null,"c":null}', '{"a":null,"b":null,"c":null}'],
      ['{}', '{"a":null}', '{"a":null,"c":null}', '{,"b":null}'],
    ],
    [object({ a: { type: 'null' }, b: { type: 'null' } }, []), ['{}', '{"a":null}', '{"b":null}'], ['{,}']],
    [{ type: 'array', items: { type: 'null' } }, ['[]', '[null]', '[null, null]'], ['[1]', '[null,]']],
    [
      { type: 'array', items: { type: 'null' }, minItems: 2, maxItems: 3 },
      ['[null,null]', '[null,null,null]'],
      ['[]', '[null]', '[null,null,null,null]'],
    ],
    [{ type: 'array', maxItems: 0 }, ['[]'], ['[1]']],
    [
      { type: 'array', prefixItems: [{ type: 'null' }, { type: 'boolean' }], items: false },
      ['[null, true]'],
      ['[null, true, 1]', '[true, null]'],
    ],
    [{ allOf: [{ type: 'string' }, { minLength: 1 }], maxLength: 2 }, ['"a"', '"ab"'], ['""', '"abc"', '1']],
    [
      {
        allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b', description: 'both' }],
        $defs: { a: { title: 'A', type: 'string' }, b: { title: 'B', minLength: 1 } },
      },
      ['"a"'],
      ['""'],
    ],
    [{ allOf: [{ enum: [1, 2, 3] }, { enum: [2, 3, 4] }] }, ['2', '3'], ['1', '4']],
    [{ allOf: [{ type: ['number', 'null'] }, { type: 'integer' }] }, ['1'], ['1.5', 'null']],
    [
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { a: { maxLength: 1 }, b: { type: 'null' } }, required: ['b'] },
        ],
      },
      ['{"a": "x", "b": null}'],
      ['{"a": "xy", "b": null}', '{"a": "x"}'],
    ],
    [
      { allOf: [object({ a: { type: 'null' } }), { properties: { b: { type: 'null' } } }] },
      ['{"a":null}'],
      ['{"a":null,"b":null}'],
    ],
    [
      {
        type: 'object',
        properties: { a: { type: 'null' } },
        required: ['a'],
        anyOf: [
          { properties: { b: { const: 1 } }, required: ['b'] },
          { properties: { c: { const: 2 } }, required: ['c'] },
        ],
      },
      ['{"a":null,"b":1}', '{"a":null,"c":2}'],
      ['{"a":null}', '{"b":1}'],
    ],
    [
      { $ref: '#/$defs/short', minLength: 1, $defs: { short: { type: 'string', maxLength: 2 } } },
      ['"a"', '"ab"'],
      ['""', '"abc"'],
    ],
    [
      object({ list: { type: 'array', items: { $ref: '#/$defs/x' }, $defs: { x: { const: 1 } } } }),
      ['{"list": [1, 1]}'],
      ['{"list": [2]}'],
    ],
    [
      {
        oneOf: [object({ kind: { const: 'a' }, n: { type: 'integer' } }), object({ kind: { const: 'b' } })],
      },
      ['{"kind": "a", "n": 1}', '{"kind": "b"}'],
      ['{"kind": "b", "n": 1}'],
    ],
    [
      { type: 'string', format: 'date' },
      ['"2024-02-29"', '"1999-12-31"'],
      ['"2023-02-29"', '"2024-04-31"', '"2024-13-01"', '"1900-02-29"'],
    ],
    [{ type: 'string', format: 'time' }, ['"23:59:59Z"', '"00:00:00.5+01:30"'], ['"24:00:00Z"', '"12:00"']],
    [{ type: 'string', format: 'date-time' }, ['"2024-01-02T03:04:05Z"'], ['"2024-01-02 03:04:05"']],
    [
      { type: 'string', format: 'uuid' },
      ['"123e4567-e89b-12d3-a456-426614174000"'],
      ['"123e4567e89b12d3a456426614174000"'],
    ],
    [{ type: 'string', format: 'ipv4' }, ['"192.168.0.255"'], ['"256.1.1.1"', '"01.1.1.1"', '"1.1.1"']],
    [{ type: 'string', format: 'email' }, ['"a.b@example.com"'], ['"a@b"', '"@example.com"', '"a@-b.com"']],
    [{ type: 'integer', format: 'int32' }, ['5'], ['5.5']],
    [
      { type: 'string', pattern: '^[a-z]+-\\d{2,3}$' },
      ['"ab-12"', '"x-123"'],
      ['"ab-1"', '"AB-12"', '"xab-12 "'],
    ],
    [{ type: 'string', pattern: 'b' }, ['"b"', '"abc"'], ['"ac"', '""']],
    [{ type: 'string', pattern: '^a|c$' }, ['"a"', '"abd"', '"xc"'], ['"xa"', '"cb"']],
    [{ type: 'string', pattern: '^(?:ab|c?)d*?\\.$' }, ['"ab."', '"c."', '"."', '"abdd."'], ['"a."', '"ab"']],
    [{ type: 'string', pattern: '^["\\\\\\n]$' }, ['"\\""', '"\\\\"', '"\\n"'], ['"""', '"n"']],
    [{ type: 'string', pattern: '^[^a-y]\\S.$' }, ['"zzz"', '"Zé "', '"\\"xx"'], ['"axx"', '"z x"']],
    [{ type: 'string', pattern: '^\\u00e9\\x41[\\w-]$' }, ['"éA-"', '"éA_"'], ['"eA-"']],
  ];
  for (const [schema, yes, no] of held)
    it(`holds ${JSON.stringify(schema).slice(0, 120)}`, () => {
      const is = allowed(schema);
      for (const text of yes) assert.ok(is(text), text);
      for (const text of no) assert.ok(!is(text), text);
    });

  const bounds: [bounds: object, least: number, most: number][] = [
    [{ minimum: 3 }, 3, 2000],
    [{ maximum: -3 }, -2000, -3],
    [{ minimum: 0, maximum: 9 }, 0, 9],
    [{ minimum: 7, maximum: 7 }, 7, 7],
    [{ minimum: -12, maximum: 345 }, -12, 345],
    [{ exclusiveMinimum: 99, exclusiveMaximum: 1001 }, 100, 1000],
    [{ minimum: -1000, maximum: -90 }, -1000, -90],
    [{ minimum: 1.5, maximum: 8.2 }, 2, 8],
    [{ minimum: 199, maximum: 1201, exclusiveMinimum: 10 }, 199, 1201],
    [{ minimum: -(2 ** 53 - 1), maximum: 2 ** 53 - 1 }, -2000, 2000],
  ];
  for (const [bound, least, most] of bounds)
    it(`holds whole numbers to ${JSON.stringify(bound)}`, () => {
      const is = allowed({ type: 'integer', ...bound });
      for (let number = -2000; number <= 2000; number++)
        assert.equal(is(String(number)), number >= least && number <= most, String(number));
      assert.ok(!is('-0') && !is('05') && !is('2.0'));
    });

  const decimals: [bounds: object, least: number, most: number, open: boolean][] = [
    [{ minimum: 0, maximum: 1 }, 0, 1, false],
    [{ exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0, 1, true],
    [{ minimum: -2, maximum: 13 }, -2, 13, false],
    [{ exclusiveMinimum: -2, exclusiveMaximum: 0 }, -2, 0, true],
    [{ exclusiveMinimum: -13, exclusiveMaximum: -2 }, -13, -2, true],
  ];
  for (const [bound, least, most, open] of decimals)
    it(`holds numbers to ${JSON.stringify(bound)}`, () => {
      const is = allowed({ type: 'number', ...bound });
      for (let tenth = -300; tenth <= 300; tenth++) {
        const number = tenth / 10;
        const isIn = open ? number > least && number < most : number >= least && number <= most;
        assert.equal(is(String(number)), isIn, String(number));
      }
    });

  it('holds what libraries make of types', () => {
    const schema = z.object({
      id: z.uuid(),
      day: z.iso.date(),
      at: z.iso.datetime(),
      mail: z.email(),
      counts: z.record(z.string(), z.number()),
      size: z.number().int().positive(),
      what: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a') }),
        z.object({ kind: z.literal('b'), value: z.string().nullable().optional() }),
      ]),
    });
    const is = allowedBy(schemaGrammar(JSON.stringify(z.toJSONSchema(schema))), 20);
    const fine = {
      id: '123e4567-e89b-42d3-a456-426614174000',
      day: '2024-02-29',
      at: '2024-02-29T23:59:59Z',
      mail: "o'neil+x@example.org",
      counts: { a: 1 },
      size: 3,
      what: { kind: 'b', value: null },
    };
    assert.ok(is(JSON.stringify(fine)));
    const bad = [
      { id: 'x' },
      { day: '2023-02-29' },
      { mail: 'x@y' },
      { counts: { a: 'b' } },
      { size: 0 },
      { what: { kind: 'c' } },
    ];
    for (const change of bad) assert.ok(!is(JSON.stringify({ ...fine, ...change })), JSON.stringify(change));
  });

  it('follows references, of a schema to itself, too', () => {
    const list = object({ next: { anyOf: [{ $ref: '#/definitions/list' }, { type: 'null' }] } });
    const is = allowed({ $ref: '#/$defs/list', definitions: { list } });
    assert.ok(is('{"next": {"next": null}}'));
    assert.ok(!is('{"next": {}}'));
  });

  const refused: [schema: unknown, says: RegExp][] = [
    ['text', /at # is not an object/],
    [[], /at # is not an object/],
    [false, /at # is not an object/],
    [{ type: 'text' }, /"text"/],
    [{ type: 'string', pattern: '(?=a)b' }, /has "pattern" .* what looks around/],
    [{ type: 'string', pattern: '(a)\\1' }, /has "pattern" .* \\1/],
    [{ type: 'string', pattern: '\\bx' }, /has "pattern"/],
    [{ type: 'string', pattern: '[' }, /has "pattern" .* unfinished/],
    [{ type: 'string', pattern: 'a{1,5000}' }, /has "pattern" .* more than 1000 repeats/],
    [{ type: 'string', pattern: 'a', maxLength: 4 }, /has a length beside its "pattern"/],
    [{ type: 'string', format: 'uri' }, /has "format" "uri"; it may be date, time/],
    [{ type: 'string', minLength: 5, maxLength: 4 }, /above/],
    [{ type: 'string', maxLength: 1e9 }, /has "maxLength" 1000000000; it may be 0 to 1000/],
    [{ type: 'integer', minimum: 4, maximum: 3 }, /no number can be written/],
    [{ type: 'integer', minimum: 1e300 }, /no number can be written/],
    [{ type: 'integer', minimum: '3' }, /has "minimum", which is no number/],
    [{ type: 'number', minimum: 0.5 }, /has "minimum" 0.5: numbers can be held to whole bounds/],
    [{ type: 'integer', multipleOf: 3 }, /has "multipleOf"/],
    [{ type: 'array', minItems: -1 }, /minItems/],
    [{ type: 'array', minItems: 3, maxItems: 2 }, /above/],
    [{ type: 'array', uniqueItems: true }, /has "uniqueItems"/],
    [{ type: 'object', minProperties: 1 }, /has "minProperties"/],
    [{ allOf: [{ type: 'string' }, { type: 'null' }] }, /"type" that no text can have/],
    [{ allOf: [{ prefixItems: [{}] }, { items: { type: 'null' } }] }, /has "prefixItems"/],
    [{ allOf: [{ type: 'integer', minimum: 'x' }, { minimum: 1 }] }, /has "minimum", which is no number/],
    [{ allOf: [{ constructor: 1 }, { constructor: 2 }] }, /has "constructor"/],
    [
      { allOf: [{ additionalProperties: { type: 'null' } }, { properties: { a: {} } }] },
      /has "additionalProperties"/,
    ],
    [{ allOf: [{ pattern: 'a' }, { pattern: 'b' }] }, /has "pattern"/],
    [
      { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } },
      /refers to itself/,
    ],
    [{ oneOf: [{ type: 'number' }, { type: 'integer' }] }, /"oneOf" of which a text could be two/],
    [{ type: 'object', properties: { a: { not: {} } } }, /at #\/properties\/a has "not"/],
    [{ type: 'object', properties: [] }, /at #\/properties is not an object/],
    [{ type: 'object', required: ['b'], properties: {} }, /requires "b"/],
    [{ enum: [] }, /not a list of 1/],
    [{ enum: [1], type: 'string' }, /no value that it allows/],
    [{ $ref: 'https://example.com/schema' }, /not in "\$defs"/],
    [{ $ref: '#/$defs/__proto__', $defs: {} }, /not in "\$defs"/],
    [nested(17), /deeper than 16/],
    [{ anyOf: Array.from({ length: 1000 }, () => ({ type: 'null' })) }, /more than 1000 parts/],
  ];
  for (const [schema, says] of refused)
    it(`refuses ${JSON.stringify(schema).slice(0, 80)}`, () =>
      assert.throws(() => schemaGrammar(JSON.stringify(schema)), { name: 'RequestError', message: says }));

  it('refuses what is no JSON', () => assert.throws(() => schemaGrammar('{'), /is not JSON/));
});

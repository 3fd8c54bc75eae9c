import { z } from 'zod';
import { LONGEST_NOTE } from '../../src/domain/decision';
import type { DecideMessage, DecisionMessage } from '../../src/domain/decision';
import { LEG_NAMES } from '../../src/domain/plan';
import { needsReference, OUTCOME_NAMES } from '../../src/domain/resolution';
import type { ResolveLegMessage } from '../../src/domain/resolution';
import { LONGEST_EVIDENCE, LONGEST_REFERENCE } from '../../src/domain/resolution-refusals';
import { PERSON } from '../../src/domain/text';
import { patternOfText } from '../../src/domain/text-pattern';
import { same } from './same';

const person = z.string().regex(PERSON);
const withBlankEdges = patternOfText({ blankEdges: 'allowed' });

/** The argument of the signals `approve` and `reject`. */
export const decision = z.object({
  by: person,
  note: z
    .string()
    // An empty note is none.
    .meta({ maxLength: LONGEST_NOTE, anyOf: [{ maxLength: 0 }, { pattern: withBlankEdges }] })
    .nullish(),
  statement: z.string().meta({ description: 'a compact JWS, where decisions must be signed' }).nullish(),
  refundId: z.string().meta({ description: 'refused when it names another refund' }).nullish(),
});

/** The argument of the update `decide`. */
export const decide = decision.extend({ decision: z.enum(['approve', 'reject']) });

/** The argument of the update `resolveLeg`. */
export const resolveLeg = z
  .object({
    leg: z.enum(LEG_NAMES),
    outcome: z.enum(OUTCOME_NAMES as [(typeof OUTCOME_NAMES)[number]]),
    by: person,
    evidence: z.string().meta({ minLength: 1, maxLength: LONGEST_EVIDENCE, pattern: withBlankEdges }),
    providerReference: z
      .string()
      .meta({
        ...{ minLength: 1, maxLength: LONGEST_REFERENCE },
        pattern: patternOfText({ blankEdges: 'refused' }),
      })
      .optional(),
    despiteProvider: z
      .boolean()
      .meta({ description: 'it counts although the provider, asked about it, shows something else' })
      .optional(),
    seen: z
      .string()
      .meta({
        description:
          'what its person had before them of the leg, as getBriefing names it: refused once something else is there',
      })
      .optional(),
    statement: z
      .string()
      .meta({ description: 'a compact JWS, where decisions must be signed; retry needs none' })
      .optional(),
    refundId: z.string().meta({ description: 'refused when it names another refund' }).optional(),
  })
  .meta({
    if: { properties: { outcome: { enum: OUTCOME_NAMES.filter(needsReference) } } },
    then: { required: ['providerReference'] },
  });

same<DecisionMessage, z.infer<typeof decision>>(true);
same<DecideMessage, z.infer<typeof decide>>(true);
same<ResolveLegMessage, z.infer<typeof resolveLeg>>(true);

import { z } from 'zod';

/** CloudFormation takes any scalar where a string is asked for. */
export const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** CloudFormation takes the word for the value. */
export const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);

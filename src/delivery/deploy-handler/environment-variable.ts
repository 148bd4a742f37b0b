import { Refusal } from './refusal';

/** A setting that the construct gives the function. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) { throw new Refusal(`The deploy function's environment variable ${name} is not set; deploy the platform's stack again.`); }
  return value;
}

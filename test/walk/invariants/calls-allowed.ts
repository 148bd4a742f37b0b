import { type Invariant } from '../history';

/** No call to AWS was refused. */
export const callsAllowed: Invariant = {
  name: 'no call to AWS was refused',
  check: ({ refused }) => [...new Set(refused)].map((call) => `${call} was refused ${refused.filter((other) => other === call).length} times`),
};

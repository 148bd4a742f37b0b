import * as fc from 'fast-check';
import { HOSTILE } from './arbitraries';

/** What people, builds and workloads can write into a place that is read at run time. */
export const HOSTILE_TEXT = [
  ...HOSTILE,
  '#{codepipeline.PipelineExecutionId}', '#{Build.IMAGE_DIGEST}', '${IFS}', '$.detail', '<detail>', '%n%n%s', '{{}}', '${{ secrets.X }}', '\'"`$(touch canary)`"\'',
  'x","environment":"production","y":"', '\\u0022', '"}', '\n---\n', '\n\nDigest: sha256:0', '\nDeployment: forged', '\r\n\r\nExecution: forged', '\u2028Digest: x', '\u0085x',
  '<<: *x', '!!python/object/apply:os.system [touch canary]', '../'.repeat(40), '/etc/passwd', '\u202Egnp.exe', '\u2066x\u2069', '\ud83d', '\ufeff', '\u0007\u001b[2J', '👩‍👩‍👧‍👦', '__proto__',
  'constructor', 'NaN', '-', '--exec=touch canary', '|touch canary', '; touch canary;', '&& touch canary', '> canary', '< /dev/null', 'x'.repeat(100_000),
];

/** Such text, alone, among ordinary characters, or of any characters. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXT),
  fc.array(fc.oneof(fc.constantFrom(...HOSTILE_TEXT), fc.constantFrom('a', ' ', '0', '-', ':')), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

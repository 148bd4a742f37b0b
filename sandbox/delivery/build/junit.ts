export interface TestCase {
  readonly name: string;
  readonly prefix: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ERROR' | 'SKIPPED';
  readonly durationInNanoSeconds: number;
  readonly message?: string;
}

const CASE = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/** The test cases of a JUnit XML file. */
export function testCases(xml: string): TestCase[] {
  return [...xml.replace(/<!--[\s\S]*?-->/g, '').matchAll(CASE)].map(([, attributes, content = '']) => {
    const outcome = /<(failure|error|skipped)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/.exec(content);
    return {
      name: attribute(attributes, 'name') ?? '',
      prefix: attribute(attributes, 'classname') ?? '',
      status: outcome ? STATUS[outcome[1]] : 'SUCCEEDED',
      durationInNanoSeconds: Math.round(Number(attribute(attributes, 'time') ?? 0) * 1e9),
      ...(outcome && { message: (attribute(outcome[2], 'message') ?? plain(outcome[3] ?? '')).trim().slice(0, 5_000) }),
    };
  });
}

const STATUS: Record<string, TestCase['status']> = { failure: 'FAILED', error: 'ERROR', skipped: 'SKIPPED' };

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return match ? plain(match[1] ?? match[2]) : undefined;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function plain(text: string): string {
  return text.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1').replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, name) =>
    decimal || hexadecimal ? String.fromCodePoint(decimal ? Number(decimal) : parseInt(hexadecimal, 16)) : ENTITIES[name] ?? whole);
}

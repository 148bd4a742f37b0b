import { testCases } from '../../../sandbox/delivery/build/junit';

test('reads what Node.js writes', () => {
  expect(testCases(`<?xml version="1.0" encoding="utf-8"?>
<testsuites>
	<testcase name="shows the title" time="0.043452" classname="test" file="/app/server.test.js"/>
	<testsuite name="group" time="0.01">
		<testcase name="a &lt;b&gt; &amp; &quot;c&quot;" time="0.001" classname="test" failure="1 !== 2">
			<failure type="testCodeFailure" message="1 !== 2&#10;">
[Error [ERR_TEST_FAILURE]: 1 !== 2]
			</failure>
		</testcase>
		<testcase name="later" time="0" classname="test">
			<skipped type="skipped" message="true"/>
		</testcase>
	</testsuite>
	<!-- tests 3 <testcase name="none"/> -->
</testsuites>`)).toEqual([
    { name: 'shows the title', prefix: 'test', status: 'SUCCEEDED', durationInNanoSeconds: 43_452_000 },
    { name: 'a <b> & "c"', prefix: 'test', status: 'FAILED', durationInNanoSeconds: 1_000_000, message: '1 !== 2' },
    { name: 'later', prefix: 'test', status: 'SKIPPED', durationInNanoSeconds: 0, message: 'true' },
  ]);
});

test('reads errors without a message', () => {
  expect(testCases('<testsuite><testcase classname="A" name="b"><error><![CDATA[boom <x>]]></error></testcase></testsuite>'))
    .toEqual([{ name: 'b', prefix: 'A', status: 'ERROR', durationInNanoSeconds: 0, message: 'boom <x>' }]);
});

import { join } from 'node:path';
import { askProcess } from './ask-process';
import type { Evaluator } from './case';
import { ministackPython } from '../../sandbox/account/ministack/install';

/** The evaluator that the sandbox asks. */
export const ministack: Evaluator = async (cases) => askProcess(await ministackPython(), ['-B', join(__dirname, 'ministack_decides.py')], cases);

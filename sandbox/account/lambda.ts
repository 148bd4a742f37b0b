import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { REGION } from './constants';
import { Credentials } from './contracts';

/** Invokes a function and waits for its answer; its error is thrown. */
export async function invokeLambda(endpointUrl: string, credentials: Credentials, functionArn: string, payload: unknown): Promise<any> {
  const client = new LambdaClient({ endpoint: endpointUrl, region: REGION, credentials });
  try {
    const answer = await client.send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(payload)) }));
    const result = answer.Payload && answer.Payload.length > 0 ? JSON.parse(Buffer.from(answer.Payload).toString()) : undefined;
    if (answer.FunctionError) throw new Error(`${functionArn} failed: ${result?.errorMessage ?? answer.FunctionError}`);
    return result;
  } finally {
    client.destroy();
  }
}

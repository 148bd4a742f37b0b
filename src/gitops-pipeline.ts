import { Construct } from 'constructs';
import { Application } from './application/application';
import { ApplicationOptions } from './application/application-options';
import { DeliveryOutputs } from './application/delivery-outputs';
import { GitOpsPlatform } from './platform/gitops-platform';
import { GitOpsPlatformProps } from './platform/gitops-platform-props';
import { nameFromId } from './private/names';

/**
 * Properties of a GitOps pipeline: those of its platform, and those of its first application.
 */
export interface GitOpsPipelineProps extends GitOpsPlatformProps, ApplicationOptions {}

/**
 * From `git push` to a verified, running workload, without a stored key.
 *
 * Composes a platform (infrastructure repository, EKS cluster, Flux) and its first application (source, image build,
 * image repository, pipeline). Works without props.
 */
export class GitOpsPipeline extends Construct {
  /**
   * The cluster and what its applications share.
   */
  public readonly platform: GitOpsPlatform;

  /**
   * The first application.
   */
  public readonly application: Application;

  public constructor(scope: Construct, id: string, props: GitOpsPipelineProps = {}) {
    super(scope, id);
    this.platform = new GitOpsPlatform(this, 'Platform', { ...props, platformName: props.platformName ?? nameFromId(id) });
    this.application = this.addApplication('Application', { ...props, applicationName: props.applicationName ?? nameFromId(id) });
    new DeliveryOutputs(this, 'Outputs', { platform: this.platform, application: this.application });
  }

  /**
   * Delivers one more application to the same platform: its own source, image and pipeline.
   *
   * @param id the construct's id, which also gives the application's name by default
   * @param options what differs from the defaults
   */
  public addApplication(id: string, options: ApplicationOptions = {}): Application {
    return new Application(this, id, { ...options, platform: this.platform });
  }
}

module cdk-gitops-pipeline/sandbox/parts/pause

go 1.26.0

from aws_cdk import App, Stack
from cdk_gitops_pipeline import EnvironmentOptions, GitOpsPipeline, Promotion

app = App()
stack = Stack(app, "ShopStack")
GitOpsPipeline(
    stack,
    "Shop",
    environments=[
        EnvironmentOptions(environment_name="staging", promotion=Promotion.by_tag()),
        EnvironmentOptions(environment_name="production", approval=True),
    ],
)
app.synth()

package shop;

import io.github.cdkgitopspipeline.EnvironmentOptions;
import io.github.cdkgitopspipeline.GitOpsPipeline;
import io.github.cdkgitopspipeline.Promotion;
import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;

/** The README's example. */
public final class Shop {
    public static void main(final String[] args) {
        App app = new App();
        Stack stack = new Stack(app, "ShopStack");
        GitOpsPipeline.Builder.create(stack, "Shop")
            .environments(List.of(
                EnvironmentOptions.builder().environmentName("staging").promotion(Promotion.byTag()).build(),
                EnvironmentOptions.builder().environmentName("production").approval(true).build()))
            .build();
        app.synth();
    }

    private Shop() {
    }
}

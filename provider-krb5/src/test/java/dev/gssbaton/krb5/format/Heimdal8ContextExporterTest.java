package dev.gssbaton.krb5.format;

import dev.gssbaton.testkit.UnsealedExporterContract;
import dev.gssbaton.testkit.UnsealedExporterFixture;

class Heimdal8ContextExporterTest extends UnsealedExporterContract {
    @Override
    protected UnsealedExporterFixture fixture() {
        return ForeignToken.fixture(new Heimdal8ContextExporter());
    }
}

import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Holds PDFs to PDF/UA-1 with veraPDF's own library: a line a file, then how often each rule was broken. */
public class CheckPdfUa {
    private static final PDFAFlavour FLAVOUR = PDFAFlavour.PDFUA_1;

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), FLAVOUR)) {
                tell(file, Foundries.defaultInstance().createValidator(FLAVOUR, false).validate(parser));
            }
        }
    }

    private static void tell(String file, ValidationResult result) {
        Map<String, Integer> broken = new TreeMap<>();
        for (TestAssertion each : result.getTestAssertions()) {
            if (each.getStatus() == TestAssertion.Status.FAILED) {
                String rule = each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber();
                broken.merge(rule, 1, Integer::sum);
            }
        }
        System.out.println(file + "\t" + (result.isCompliant() ? "kept" : "broken") + "\t" + broken);
    }
}

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/**
 * A server that speaks MongoDB's protocol, for tests: {@code MongoServer PORT FILE [CERTIFICATES]}. It listens on the
 * loopback interface, or where the property "host" says, and keeps its data in the file, or in memory where that is "-".
 * CERTIFICATES is a folder with cert.pem and key.pem, for TLS.
 */
public final class MongoServer {
    private static final Set<String> READS = Set.of("find", "getmore", "aggregate", "count", "distinct", "ismaster",
        "ping", "killcursors", "buildinfo", "listindexes", "listcollections", "listdatabases");

    /** The stock server encodes its answers while other commands change what is in them. */
    private static final class InMemory extends MemoryBackend {
        @Override
        public synchronized Document handleCommand(Channel c, String database, String command, Document query) {
            return super.handleCommand(c, database, command, query).cloneDeeply();
        }
    }

    /** What it acknowledged is in the file, so that it survives the death of the process. */
    private static final class InFile extends H2Backend {
        InFile(String file) {
            super(file);
        }

        @Override
        public synchronized Document handleCommand(Channel c, String database, String command, Document query) {
            Document answer = super.handleCommand(c, database, command, query).cloneDeeply();
            if (!READS.contains(command.toLowerCase())) {
                commit();
            }
            return answer;
        }
    }

    public static void main(String[] arguments) throws Exception {
        String file = arguments[1];
        MongoBackend backend = file.equals("-") ? new InMemory() : new InFile(file);
        var server = new de.bwaldvogel.mongo.MongoServer(backend);
        if (arguments.length > 2) {
            Path folder = Path.of(arguments[2]);
            server.enableSsl(key(folder.resolve("key.pem")), null, certificate(folder.resolve("cert.pem")));
        }
        server.bind(System.getProperty("host", "127.0.0.1"), Integer.parseInt(arguments[0]));
    }

    private static PrivateKey key(Path pem) throws Exception {
        String text = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    }

    private static X509Certificate certificate(Path pem) throws Exception {
        try (var in = new FileInputStream(pem.toFile())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}

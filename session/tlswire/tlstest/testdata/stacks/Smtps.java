import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A mail server with TLS from the first byte: java Smtps.java KEYSTORE VERSION ask|want|need|close|renegotiate. The password is "lab-lab". It prints its port. */
public class Smtps {
    public static void main(String[] args) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] password = "lab-lab".toCharArray();
        store.load(new FileInputStream(args[0]), password);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setEnabledProtocols(new String[] {args[1]});
        server.setWantClientAuth(args[2].equals("want"));
        if (args[2].equals("need")) {
            server.setNeedClientAuth(true);
        }
        System.out.println(server.getLocalPort());
        while (true) {
            try (SSLSocket client = (SSLSocket) server.accept()) {
                converse(client, args[2]);
            } catch (IOException e) {
                System.err.println(e);
            }
        }
    }

    static void converse(SSLSocket client, String mode) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(client.getInputStream(), "US-ASCII"));
        say(client, "220 mail.lab ESMTP\r\n");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("QUIT")) {
                say(client, "221 bye\r\n");
                return;
            }
            if (mode.equals("close")) {
                return;
            }
            if (mode.equals("renegotiate")) {
                client.startHandshake();
            }
            say(client, "250-mail.lab\r\n250 SIZE\r\n");
        }
    }

    static void say(SSLSocket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes("US-ASCII"));
        client.getOutputStream().flush();
    }
}

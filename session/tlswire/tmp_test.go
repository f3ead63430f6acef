package tlswire
import ("testing";"crypto/tls")
func TestTmp(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, true)
	client.NextProtos=[]string{"smtp","x"}; server.NextProtos=client.NextProtos
	s := converse(t, Limits{}, client, server)
	for _, m := range s.messages { t.Logf("%s %s\n%s", m.Dir, m.Name, outline(m.Fields(), "  ")) }
}

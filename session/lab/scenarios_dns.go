package lab

// dnsScenarios are about records of DNS: those that lead a message to its server, and those that the server looks up about its client.
// The records are in the practice zone, as ehlo/session/zone has it.
func dnsScenarios() []Scenario {
	return []Scenario{
		{
			Name: "mx-order", Title: "the first mail server is down",
			Story:   "A mail server has a message for Bob at backup.example. The domain has two MX records with different preference numbers. One of the two servers is down.",
			Task:    "Read the answer to the MX query, and say why this server got the message.",
			Target:  "smtp://backup.example",
			To:      "bob@backup.example",
			MX:      true,
			Lookups: []string{"A mx1.backup.example"},
			Knobs:   Knobs{Serves: "backup.example"},
		},
		{
			Name: "null-mx", Title: "a domain that accepts no mail",
			Story:   "A mail server has a message for an address at no-mail.example. The domain has a web site and an MX record, but it never receives mail.",
			Task:    "Read the MX record, and say what the sender's server does with the message.",
			Target:  "smtp://no-mail.example",
			To:      "info@no-mail.example",
			MX:      true,
			Lookups: []string{"A no-mail.example"},
			Finding: "null-mx",
		},
		{
			Name: "no-reverse-dns", Title: "a client address without a name",
			Story:   "A new mail server sends from 192.0.2.20. Nobody has set a PTR record for this address, and the receiving server requires one.",
			Task:    "Look at the PTR query, find the command that the server defers, and say who can set the record.",
			Target:  "smtp://mx.lab",
			Lookups: []string{"PTR 20.2.0.192.in-addr.arpa"},
			Reply:   "450 4.7.25",
			Knobs: Knobs{Client: "192.0.2.20",
				Answers: []answer{{To: "RCPT", Reply: "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.20]"}}},
		},
		{
			Name: "reverse-dns-mismatch", Title: "a name that leads to another address",
			Story:   "A mail server sends from 192.0.2.30. The address has a PTR record, but the name in it has another address. Anyone who controls an address range can set any name there, so receivers check both directions.",
			Task:    "Follow the two lookups, from the address to the name and back, and find the difference.",
			Target:  "smtp://mx.lab",
			Lookups: []string{"PTR 30.2.0.192.in-addr.arpa", "A host30.isp.example"},
			Reply:   "550 5.7.25",
			Knobs: Knobs{Client: "192.0.2.30",
				Answers: []answer{{To: "RCPT", Reply: "550 5.7.25 reverse DNS of [192.0.2.30] failed: host30.isp.example has another address"}}},
		},
		{
			Name: "dnsbl", Title: "a client address on a block list",
			Story:   "A script at home delivers mail to port 25 of the recipient's server. The home connection has the address 203.0.113.77. The server asks the block list list.example about each client.",
			Task:    "Find the name that the server looks up, what the answer means, and the better way for this message.",
			Target:  "smtp://mx.lab",
			Lookups: []string{"A 77.113.0.203.list.example", "TXT 77.113.0.203.list.example", "A 25.2.0.192.list.example"},
			Finding: "address-listed",
			Reply:   "554 5.7.1",
			Knobs: Knobs{Client: "203.0.113.77",
				Answers: []answer{{To: "RCPT", Reply: "554 5.7.1 Service unavailable; Client host [203.0.113.77] blocked using list.example; 203.0.113.77 is a home address, see https://list.example/?203.0.113.77"}}},
		},
		{
			Name: "spf-fail", Title: "a host that SPF does not list",
			Story:   "A shop has moved its web site to a new host, 198.51.100.9, which sends the order confirmations. Nobody has changed the SPF record of shop.example.",
			Task:    "Compare the address of the client with the SPF record, and say who has to change what.",
			Target:  "smtp://mx.lab",
			From:    "orders@shop.example",
			Lookups: []string{"TXT shop.example"},
			Reply:   "550 5.7.23",
			Knobs: Knobs{Client: "198.51.100.9",
				Answers: []answer{{To: "RCPT", Reply: "550 5.7.23 SPF check failed: shop.example does not permit [198.51.100.9] to send its mail"}}},
		},
	}
}

// Prints a line for each file that both sides had changed, and whose version has the name: conflict_report NATS-HOST:PORT DRIVE-KEY
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	base, planned := "sync."+os.Args[2], map[string]string{}
	wire, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(wire, "CONNECT {\"verbose\":false}\r\nSUB %s.event 1\r\nSUB _INBOX_conflict-report 2\r\n", base)
	hello := fmt.Sprintf(`{"protocol":1,"version":"1.0.0","instance":"conflicts-%d","needs":{"events":true}}`, time.Now().UnixNano())
	go func() { // A plugin is there for as long as it says so.
		for ; ; time.Sleep(2 * time.Second) {
			fmt.Fprintf(wire, "PUB %s.plugin.conflict-report.hello _INBOX_conflict-report %d\r\n%s\r\n", base, len(hello), hello)
		}
	}()
	lines := bufio.NewScanner(wire)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() { // The daemon writes JSON in one line.
		var batch []struct {
			Event struct {
				Type, Command string
				Commands      []struct {
					ID, Path string
					Reason   struct{ Rule string }
				}
			}
		}
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "PING"):
			fmt.Fprint(wire, "PONG\r\n")
		case strings.HasPrefix(line, "-ERR"), strings.HasPrefix(line, `{"refused"`) && !strings.Contains(line, `"occupied"`):
			log.Fatal(line)
		case strings.HasPrefix(line, "["):
			json.Unmarshal([]byte(line), &batch) // What it does not know of an event does not matter to it.
		}
		for _, one := range batch {
			for _, command := range one.Event.Commands {
				if rule := command.Reason.Rule; strings.HasSuffix(rule, "-keeps-name") {
					planned[command.ID] = fmt.Sprintf("%q: %s", command.Path, rule)
				}
			}
			if one.Event.Type == "CommandSucceeded" && planned[one.Event.Command] != "" {
				fmt.Println(planned[one.Event.Command])
			}
		}
	}
	log.Fatal("the server is gone")
}

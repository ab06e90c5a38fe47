package names

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func filter(t testing.TB, words ...string) Filter {
	t.Helper()
	f, err := NewFilter(words)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilter(t *testing.T) {
	for _, c := range []struct {
		word    string
		refused []string
		taken   []string
	}{
		{
			"darn", // anywhere, as it is read
			[]string{
				"darn", "DARN", "Goddarnit", "xXdarnXx", "d-a-r-n", "d a r n", "d.A.r_N", "D4RN", "d@rn", "därn", "ḋåřñ", "ｄａｒｎ", "𝔡𝔞𝔯𝔫", "ⓓⓐⓡⓝ",
				"dаrn" /* Cyrillic а */, "dαrn", "daaaarn", "daRRRn", "dar!n", "d a a a r n n n n", "Friendly darn 2",
			},
			[]string{"dawn", "daarn" /* two are a spelling of its own */, "d4wn", "nrad", "dar", "da bn", "Dorn", "🦙"},
		},
		{
			"kill",
			[]string{"kill", "k1ll", "ki11", "K!LL", "kiII", "KlLL", "k|ll", "kiiiillll", "Skill" /* that is what = is for */, "kіll"},
			[]string{"kil", "kiln", "KLIL", "ki2l", "Kiel"},
		},
		{
			"slit", // i and l differ where they can be told apart
			[]string{"slit", "s1it", "sIlt", "SL1T"},
			[]string{"silt", "SILT", "split"},
		},
		{
			"=ass", // only as a word of its own
			[]string{"ass", "Ass", "an ass", "Big-Ass", "BigAss", "AssFace", "a$$", "@ss", "a.s.s", "a s s", "xX_ass_Xx", "ass123", "99ass", "assssss", "äss!", "(ass)", "🦙ass🦙"},
			[]string{"Cassandra", "Assam", "class", "CLASS", "bass", "grass", "As Sam", "asset", "Picasso", "as", "Alas, sir"},
		},
		{"no good", []string{"no good", "nogood", "No-Good", "n0 g00d", "Piano Goods"}, []string{"no gold", "noogood"}},
		{"007", []string{"007", "Agent 007", "0-0-7", "００７"}, []string{"Foot", "oot", "07"}},
		{"=x", []string{"x", "X", "x 2", "mr x"}, []string{"Max", "xylo"}},
		{"сука", []string{"сука", "СУКА", "cyka" /* Latin */, "с у к а"}, []string{"скука", "Lucky"}},
		{"straße", []string{"Strasse", "STRASSE", "straße", "str4ße"}, []string{"strase"}},
		{"笨蛋", []string{"笨蛋", "大笨蛋", "笨 蛋"}, []string{"笨", "蛋笨"}},
		{"바보", []string{"바보", "바-보"}, []string{"발보", "바봄"}},
		{"กำ", []string{"กำ", "กําแพง"}, []string{"กา"}},
		{"मूर्ख", []string{"मूर्ख"}, []string{"मर्ख", "मूख"}},
	} {
		f := filter(t, "zzzz", c.word)
		for _, name := range c.refused {
			if !f.Refuses(name) {
				t.Errorf("%s takes %q", c.word, name)
			}
		}
		for _, name := range c.taken {
			if f.Refuses(name) {
				t.Errorf("%s refuses %q", c.word, name)
			}
		}
	}
	if (Filter{}).Refuses("anything") {
		t.Error("no filter refuses a name")
	}
}

func TestFilterSaysWhatIsWrong(t *testing.T) {
	many := make([]string, MaxFilterWords+1)
	for i := range many {
		many[i] = fmt.Sprintf("zz%d", i)
	}
	long := slices.Repeat([]string{strings.Repeat("é ", MaxFilterWord-1) + "é"}, MaxFilterBytes/(3*MaxFilterWord-1)+1)
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"fine", ""}, `""`},
		{[]string{"="}, `"="`},
		{[]string{"-"}, "no letter"},
		{[]string{"a"}, "=a"},
		{[]string{" a b"}, "space around"},
		{[]string{"a\u202eb"}, "visible text"},
		{[]string{"a\xffb"}, "visible text"},
		{[]string{strings.Repeat("a", MaxFilterWord+1)}, "32 letters"},
		{many, "1000"},
		{long, "16384"},
		{strings.Split("ba be bi bo ca co da de fa fe fi fo ga ge gi go ha he hi ho ja jo ke ki la le li lo lu ma me mi mo mu na ne ni no no pa pe pi po qu ra re ri ro ru sa se si so su ta te ti to tu va ve vi wa we wi wo za ze", " "), "friendly names"},
	} {
		if _, err := NewFilter(c.words); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.3q: %v, want %q", c.words, err, c.want)
		}
	}
	if _, err := NewFilter(many[:MaxFilterWords]); err != nil {
		t.Errorf("as many as there may be: %v", err)
	}
}

func TestFilterIsAListInJSON(t *testing.T) {
	f := filter(t, "=Darn", "n0 gööd")
	b, err := json.Marshal(f)
	if err != nil || string(b) != `["=Darn","n0 gööd"]` {
		t.Fatalf("%s, %v", b, err)
	}
	var back Filter
	if err := json.Unmarshal(b, &back); err != nil || !back.Equal(f) || !back.Refuses("darn") || back.Refuses("darned") {
		t.Errorf("it came back as %v, %v", back.Words(), err)
	}
	before := back
	for _, bad := range []string{`["a"]`, `{}`, `[1]`} {
		if json.Unmarshal([]byte(bad), &back) == nil || !back.Equal(before) {
			t.Errorf("%s is taken", bad)
		}
	}
	if !(Filter{}).IsZero() || f.IsZero() || (Filter{}).Equal(f) {
		t.Error("none and some are the same")
	}
}

// What the server names players is what the game takes, and stays as it was
// where the filter has nothing against it.
func TestFriendlyNamesPassTheFilter(t *testing.T) {
	f := filter(t, "friend", "=cat", "er", "al", "gr", "zy")
	other := 0
	for i := range 2000 {
		seed := fmt.Sprint(i)
		name := f.Friendly(seed)
		if f.Refuses(name) || Animal(name) == "" {
			t.Fatalf("the friendly name of %s is %s", seed, name)
		}
		if plain := Friendly(seed); name != plain {
			other++
			if !f.Refuses(plain) {
				t.Fatalf("%s became %s", plain, name)
			}
		}
	}
	if other < 100 {
		t.Errorf("only %d of 2000 were refused: the test shows nothing", other)
	}
	if diff := cmp.Diff(Friendly("x"), (Filter{}).Friendly("x")); diff != "" {
		t.Errorf("without a filter:\n%s", diff)
	}
}

// A word refuses itself, however it is dressed up.
func FuzzFilter(f *testing.F) {
	seeds(f)
	for _, s := range []string{"=ass", "a$$", "1l|!I", "007", "aaaa", "İı!", "ßẞ", "e\u0301\u0323", "а1!l", "==x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := Clean(s)
		if err != nil {
			return
		}
		read, err := newFilter([]string{name})
		if err != nil {
			return
		}
		if !read.Refuses(name) {
			t.Fatalf("%+q does not refuse itself", name)
		}
		for _, dressed := range []string{name + " 2", "- " + name + " -", strings.ReplaceAll(name, " ", "."), strings.ToUpper(name)} {
			if clean, err := Clean(dressed); err == nil && len([]rune(strings.ToUpper(name))) == len([]rune(name)) && !read.Refuses(clean) {
				t.Fatalf("%+q takes %+q", name, clean)
			}
		}
	})
}

func BenchmarkFilter(b *testing.B) {
	words := make([]string, MaxFilterWords)
	for i := range words {
		words[i] = fmt.Sprintf("zz%cq%d", 'a'+i%26, i)
	}
	f := filter(b, words...)
	for b.Loop() {
		f.Refuses("FriendlyAlpaca 12")
	}
}

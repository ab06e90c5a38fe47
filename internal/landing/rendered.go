package landing

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"sync"

	"github.com/klauspost/compress/flate"
)

// A rendered page is what stands before its style and behind it. The style is
// the larger half of most pages and the same in all.
type rendered struct{ head, body []byte }

// render writes the page as it looks in an app's own browser, or in any for "".
func (p page) render(inside string) rendered {
	if p.View.Start != "" || p.View.Door != nil {
		p.Inside = inside
	}
	o := sheet{make([]byte, 0, usualPage)}
	p.head(&o)
	o.put("<style>")
	n := len(o.b)
	o.put("</style>\n")
	p.body(&o)
	return rendered{o.b[:n:n], o.b[n:]}
}

// usualPage is more than most pages are long without their style.
const usualPage = 12 << 10

// plain is the page as it is.
func (r rendered) plain() []byte {
	b := make([]byte, 0, len(r.head)+len(style)+len(r.body))
	return append(append(append(b, r.head...), style...), r.body...)
}

// zipped is the page as gzip (RFC 1952). What DEFLATE (RFC 1951) makes of a
// part, each beginning afresh and ending with a byte, can stand behind one
// another: so the style need not be packed again. Nothing secret stands beside
// what a stranger wrote: a page holds no cookie, and its code came in its own
// address.
func (r rendered) zipped() []byte {
	b := bytes.NewBuffer(make([]byte, 0, 512+len(zippedStyle)+(len(r.head)+len(r.body))/2))
	b.WriteString("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
	z := quick.Get().(*flate.Writer)
	defer quick.Put(z)
	z.Reset(b)
	z.Write(r.head) // writing into memory does not fail
	z.Flush()
	b.Write(zippedStyle)
	z.Reset(b)
	z.Write(r.body)
	z.Close()
	sum := crc32.ChecksumIEEE(r.head)
	sum = crc32.Update(sum, crc32.IEEETable, style)
	sum = crc32.Update(sum, crc32.IEEETable, r.body)
	end := binary.LittleEndian.AppendUint32(b.AvailableBuffer(), sum)
	b.Write(binary.LittleEndian.AppendUint32(end, uint32(len(r.head)+len(style)+len(r.body))))
	return b.Bytes()
}

// quick are compressors for what somebody waits for.
var quick = sync.Pool{New: func() any { return compressor(3) }}

// zippedStyle is the style as DEFLATE, with more to follow.
var zippedStyle = func() []byte {
	var b bytes.Buffer
	z := compressor(flate.BestCompression)
	z.Reset(&b)
	z.Write(style)
	z.Flush()
	return b.Bytes()
}()

func compressor(level int) *flate.Writer {
	z, err := flate.NewWriter(nil, level)
	if err != nil {
		panic(err) // there is no such level
	}
	return z
}

// compress packs what is packed once and for all.
func compress(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // there is such a level
	}
	z.Write(body)
	z.Close()
	return b.Bytes()
}

var inGzip = []string{"gzip"}

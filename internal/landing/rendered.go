package landing

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"
)

// rendered is a page without its beginning.
type rendered []byte

// render writes the page as it looks in an app's own browser, or in any for "".
func (p page) render(inside string) rendered {
	if p.View.Start != "" || p.View.Door != nil {
		p.Inside = inside
	}
	o := sheet{make([]byte, 0, usualPage)}
	p.head(&o)
	p.body(&o)
	return o.b
}

// usualPage is more than most pages are long, in bytes, without their beginning.
const usualPage = 12 << 10

// plain is the page as it is.
func (r rendered) plain() []byte { return slices.Concat(beginning, r) }

// zipped is the page as gzip (RFC 1952). What DEFLATE (RFC 1951) makes of two
// parts, the first with a flush at its end, is what it may make of both: so the
// beginning is packed once only. Nothing secret stands beside what a stranger
// wrote: a page holds no cookie, and its code came in its own address.
func (r rendered) zipped() []byte {
	first := zippedBeginning()
	b := bytes.NewBuffer(make([]byte, 0, 512+len(first)+len(r)/2))
	b.WriteString("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
	b.Write(first)
	z := quick.Get().(*flate.Writer)
	defer quick.Put(z)
	z.Reset(b)
	z.Write(r) // writing into memory does not fail
	z.Close()
	sum := crc32.Update(sumOfBeginning, crc32.IEEETable, r)
	end := binary.LittleEndian.AppendUint32(b.AvailableBuffer(), sum)
	b.Write(binary.LittleEndian.AppendUint32(end, uint32(len(beginning)+len(r))))
	return b.Bytes()
}

var (
	sumOfBeginning = crc32.ChecksumIEEE(beginning)

	// zippedBeginning is DEFLATE, with more to follow; packed for the first page.
	zippedBeginning = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		z := compressor(flate.BestCompression)
		z.Reset(&b)
		z.Write(beginning)
		z.Flush()
		return b.Bytes()
	})
)

// quick are compressors for what somebody waits for.
var quick = sync.Pool{New: func() any { return compressor(3) }}

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

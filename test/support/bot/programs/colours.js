// A program that prints colours on both streams, a line without an end, and leaves with 0.
process.stdout.write('\u001b[31mred\u001b[0m\r\nplain\n\n')
process.stderr.write('\u001b[33mwarning ü\u001b[0m\n')
process.stdout.write('no end')

#### trials-track.gp ####
# Run `gnuplot trials-track.gp` in this folder: it writes trials-track.png and trials-track.svg.
set encoding utf8
set decimalsign '.'

# Okabe-Ito colours; dash and marker differ too, for grey paper.
set linetype 1 lc rgb '#0072B2' lw 2 pt 7  dt 1
set linetype 2 lc rgb '#D55E00' lw 2 pt 4  dt (8,3)
set linetype 3 lc rgb '#009E73' lw 2 pt 9  dt (3,3)
set linetype 4 lc rgb '#CC79A7' lw 2 pt 12 dt (10,3,2,3)
set linetype 5 lc rgb '#E69F00' lw 2 pt 11 dt 1
set linetype 6 lc rgb '#56B4E9' lw 2 pt 6  dt (8,3)
set linetype 7 lc rgb '#000000' lw 2 pt 5  dt (3,3)
set linetype 8 lc rgb '#7F7F7F' lw 2 pt 8  dt (10,3,2,3)
set border 3 lc rgb '#606060'
set tics nomirror out scale 0.6 textcolor rgb '#303030'
set grid ytics lt 1 lw 1 lc rgb '#D8D8D8'
set style fill transparent solid 0.18 noborder
set bars 0.6

# x, y, low, high of 'reported'
$p1s1 << EOD
1 0.00994873 0 0.00994873
2 0.0997925 0 0.0997925
3 0.998047 0 0.998047
5 0.00994873 0 0.00994873
6 0.0997925 0 0.0997925
7 0.998047 0 0.998047
EOD
# x, y, low, high of 'silent'
$p1s2 << EOD
0 1 0 1
1 0.990051 0.00994873 1
2 0.900024 0.0997925 0.999817
4 1 0 1
5 0.990051 0.00994873 1
6 0.900024 0.0997925 0.999817
EOD
# x, y, low, high of 'missed'
$p1s3 << EOD
2 0.000183105 0.999817 1
3 0.00195312 0.998047 1
6 0.000183105 0.999817 1
7 0.00195312 0.998047 1
EOD
# x, y, low, high of 'blind'
$p1s4 << EOD
0 1 0 1
3 1 0 1
4 1 0 1
7 1 0 1
EOD
# x, y, low, high of '95 % interval'
$p1s5 << EOD
0 1 0.630583 1
1 1 0.630583 1
2 0.999817 0.999705 0.999894
3 0.998047 0.997736 0.998325
4 1 0.292402 1
5 1 0.292402 1
6 0.999817 0.999313 0.99998
7 0.998047 0.996983 0.998808
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,316 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,316 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'trials-track.'.type
set multiplot
set label 1 'track: right, and what came otherwise' at screen 0.5,screen 0.954 center textcolor rgb '#000000' font ',12'
set label 2 'never, where not blind: false; all as expected, not all seen in arm none, handler, signal' at screen 0.01,screen 0.030 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.0974
set rmargin at screen 0.9750
set tmargin at screen 0.7342
set bmargin at screen 0.1899
set format x '%g'
unset xlabel
set xlabel 'share of items, %'
unset logscale xy
set ytics ('64M, 0' 0, '64M, 1' 1, '64M, 10' 2, '64M, 100' 3, '1G, 0' 4, '1G, 1' 5, '1G, 10' 6, '1G, 100' 7)
set yrange [7.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.7382 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xtics 0,20,100
set xrange [0:100]
plot $p1s1 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#9EC5DE' fs solid 1 noborder title 'reported', \
     $p1s2 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#4A90BF' fs solid 1 noborder title 'silent', \
     $p1s3 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#D55E00' fs solid 1 noborder title 'missed', \
     $p1s4 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#303030' fs transparent pattern 4 noborder title 'blind', \
     $p1s5 using (100*$2):1:(100*$3):(100*$4) with xerrorbars lc rgb '#202020' dt 1 lw 1 pt 0 title '95 % interval'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2
unset multiplot
unset output
}

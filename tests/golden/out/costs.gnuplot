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
#### costs-track.gp ####
# Run `gnuplot costs-track.gp` in this folder: it writes costs-track.png and costs-track.svg.
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

# x, y, low, high of 'none'
$p1s1 << EOD
EOD
# x, y, low, high of 'handler'
$p1s2 << EOD
0 15.7317 14.53 16.662
1 15.9953 14.552 17.4385
2 15.0962 14.163 15.963
3 14.2343 12.8425 15.444
EOD
# x, y, low, high of 'scan'
$p1s3 << EOD
0 14.7538 13.5245 15.969
1 14.8733 13.536 15.853
2 14.21 13.085 14.958
3 13.38 11.9275 14.658
EOD
# x, y, low, high of 'signal'
$p1s4 << EOD
0 15.6368 14.442 16.823
1 15.7812 14.2705 17.068
2 15.0785 14.0095 15.859
3 14.0128 12.8515 15.366
EOD
# x, y, low, high of 'none'
$p2s1 << EOD
1 12.6973 11.372 13.747
2 12.0245 11.0785 12.678
3 11.2075 10.269 12.2945
EOD
# x, y, low, high of 'handler'
$p2s2 << EOD
1 7477.91 6737.79 7971.95
2 7128.38 6716.46 7399.15
3 6648.72 6080.38 7267.71
EOD
# x, y, low, high of 'scan'
$p2s3 << EOD
1 701.823 633.644 753.566
2 660.523 614.504 702.329
3 625.605 569.289 681.92
EOD
# x, y, low, high of 'signal'
$p2s4 << EOD
1 4659.04 4258.53 5021.15
2 4420.39 4129.57 4676.82
3 4140.44 3760.93 4524.97
EOD
# x, y, low, high of 'none'
$p3s1 << EOD
EOD
# x, y, low, high of 'handler'
$p3s2 << EOD
0 0.053 0.0495 0.057
1 0.05325 0.0495 0.057
2 0.05 0.046 0.053
3 0.04725 0.0435 0.052
EOD
# x, y, low, high of 'scan'
$p3s3 << EOD
0 6.266 5.7955 6.702
1 6.236 5.765 6.712
2 6.01325 5.6415 6.326
3 5.62075 5.1235 6.092
EOD
# x, y, low, high of 'signal'
$p3s4 << EOD
0 0.052 0.0485 0.057
1 0.05325 0.0475 0.0575
2 0.0505 0.0465 0.053
3 0.04725 0.0435 0.051
EOD
# x, y, low, high of 'none'
$p4s1 << EOD
EOD
# x, y, low, high of 'handler'
$p4s2 << EOD
0 5.276 4.909 5.564
1 5.3185 4.815 5.641
2 5.0295 4.743 5.3425
3 4.7035 4.3045 5.0985
EOD
# x, y, low, high of 'scan'
$p4s3 << EOD
0 4.212 3.865 4.515
1 4.24925 3.855 4.581
2 4.03725 3.792 4.213
3 3.75325 3.446 4.05
EOD
# x, y, low, high of 'signal'
$p4s4 << EOD
0 93.9827 86.1425 102.07
1 97.0798 88.079 103.358
2 91.0853 86.7025 94.549
3 84.9745 76.3185 95.35
EOD
# x, y, low, high of 'none'
$p5s1 << EOD
EOD
# x, y, low, high of 'handler'
$p5s2 << EOD
0 5.2975 4.8865 5.6145
1 78.7425 71.5235 84.8745
2 710.579 657.952 734.156
3 6556.67 6049.41 7134.16
EOD
# x, y, low, high of 'scan'
$p5s3 << EOD
0 10.4023 9.7435 11.188
1 17.8513 16.0875 18.767
2 78.2507 72.724 82.366
3 627.366 573.332 676.115
EOD
# x, y, low, high of 'signal'
$p5s4 << EOD
0 93.4158 87.1165 100.978
1 143.13 131.63 155.245
2 535.584 495.26 566.394
3 4217.6 3951.7 4552.31
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,880 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,880 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'costs-track.'.type
set multiplot
set label 1 'track, size=64M: costs by dirty; bars are 95 % intervals' at screen 0.5,screen 0.983 center textcolor rgb '#000000' font ',12'

set lmargin at screen 0.0850
set rmargin at screen 0.4800
set tmargin at screen 0.8864
set bmargin at screen 0.6652
set label 3 'arming' at graph 0,screen 0.9114 left font ',11'
set format x '%g'
unset xlabel
unset logscale x
set xtics ('0' 0, '1' 1, '10' 2, '100' 3)
set xrange [-0.4:3.4]
unset logscale y
set ytics 5
set yrange [0:19.1824]
set ylabel 'ns/page'
set key at screen 0.5,screen 0.9523 center top horizontal reverse Left samplen 3 font ',10'
plot keyentry with linespoints lt 1 ps 0.9 title 'none', \
     $p1s2 using ($1-0.020):2:3:4 with yerrorlines lt 2 ps 0.9 title 'handler', \
     $p1s3 using ($1+0.020):2:3:4 with yerrorlines lt 3 ps 0.9 title 'scan', \
     $p1s4 using ($1+0.060):2:3:4 with yerrorlines lt 4 ps 0.9 title 'signal'
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.5850
set rmargin at screen 0.9800
set tmargin at screen 0.8864
set bmargin at screen 0.6652
set label 3 'write' at graph 0,screen 0.9114 left font ',11'
set format x '%g'
unset xlabel
unset logscale x
set xtics ('0' 0, '1' 1, '10' 2, '100' 3)
set xrange [-0.4:3.4]
set logscale y 10
set ytics ('10' 10, '20' 20, '50' 50, '100' 100, '200' 200, '500' 500, '1000' 1000, '2000' 2000, '5000' 5000)
set yrange [7.335:8944.68]
set ylabel 'ns/page'
unset key
plot $p2s1 using ($1-0.060):2:3:4 with yerrorlines lt 1 ps 0.9 title 'none', \
     $p2s2 using ($1-0.020):2:3:4 with yerrorlines lt 2 ps 0.9 title 'handler', \
     $p2s3 using ($1+0.020):2:3:4 with yerrorlines lt 3 ps 0.9 title 'scan', \
     $p2s4 using ($1+0.060):2:3:4 with yerrorlines lt 4 ps 0.9 title 'signal'
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.0850
set rmargin at screen 0.4800
set tmargin at screen 0.5879
set bmargin at screen 0.3667
set label 3 'collect' at graph 0,screen 0.6129 left font ',11'
set format x '%g'
unset xlabel
unset logscale x
set xtics ('0' 0, '1' 1, '10' 2, '100' 3)
set xrange [-0.4:3.4]
set logscale y 10
set ytics ('0.05' 0.05, '0.1' 0.1, '0.2' 0.2, '0.5' 0.5, '1' 1, '2' 2, '5' 5)
set yrange [0.0310714:7.53099]
set ylabel 'ns/page'
unset key
plot $p3s2 using ($1-0.020):2:3:4 with yerrorlines lt 2 ps 0.9 title 'handler', \
     $p3s3 using ($1+0.020):2:3:4 with yerrorlines lt 3 ps 0.9 title 'scan', \
     $p3s4 using ($1+0.060):2:3:4 with yerrorlines lt 4 ps 0.9 title 'signal'
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.5850
set rmargin at screen 0.9800
set tmargin at screen 0.5879
set bmargin at screen 0.3667
set label 3 'rearm' at graph 0,screen 0.6129 left font ',11'
set format x '%g'
unset xlabel
set xlabel 'dirty'
unset logscale x
set xtics ('0' 0, '1' 1, '10' 2, '100' 3)
set xrange [-0.4:3.4]
set logscale y 10
set ytics ('5' 5, '10' 10, '20' 20, '50' 50, '100' 100)
set yrange [2.46143:115.969]
set ylabel 'ns/page'
unset key
plot $p4s2 using ($1-0.020):2:3:4 with yerrorlines lt 2 ps 0.9 title 'handler', \
     $p4s3 using ($1+0.020):2:3:4 with yerrorlines lt 3 ps 0.9 title 'scan', \
     $p4s4 using ($1+0.060):2:3:4 with yerrorlines lt 4 ps 0.9 title 'signal'
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.0850
set rmargin at screen 0.4800
set tmargin at screen 0.2894
set bmargin at screen 0.0682
set label 3 'cycle' at graph 0,screen 0.3144 left font ',11'
set format x '%g'
unset xlabel
set xlabel 'dirty'
unset logscale x
set xtics ('0' 0, '1' 1, '10' 2, '100' 3)
set xrange [-0.4:3.4]
set logscale y 10
set ytics ('5' 5, '10' 10, '20' 20, '50' 50, '100' 100, '200' 200, '500' 500, '1000' 1000, '2000' 2000, '5000' 5000)
set yrange [3.49036:8004.66]
set ylabel 'ns/page'
unset key
plot $p5s2 using ($1-0.020):2:3:4 with yerrorlines lt 2 ps 0.9 title 'handler', \
     $p5s3 using ($1+0.020):2:3:4 with yerrorlines lt 3 ps 0.9 title 'scan', \
     $p5s4 using ($1+0.060):2:3:4 with yerrorlines lt 4 ps 0.9 title 'signal'
unset label 3
unset label 1
unset label 2
unset multiplot
unset output
}
